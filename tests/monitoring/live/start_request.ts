/** A request that starts a transaction, without its id. */
export const start = {
  evse_id: "DE*ABC*E1",
  identification_status: "ASSIGNED",
  identification_type: "ISO14443",
  identification_flags: [],
} as const;
