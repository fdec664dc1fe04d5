/** A valid request to start a transaction, optionally with a long tariff text. */
export function startBody(transactionId: string, tariffText = "0.42 EUR/kWh"): Readonly<Record<string, unknown>> {
  return {
    evse_id: "DE*ABC*E1",
    transaction_id: transactionId,
    identification_status: "ASSIGNED",
    identification_type: "ISO14443",
    identification_flags: ["RFID_PLAIN"],
    identification_data: "1F2D3A4F5506C7",
    tariff_text: tariffText,
  };
}
