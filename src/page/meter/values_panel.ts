import type { PowermeterPayload } from "../../contract/mod.ts";
import { Badge } from "../shell/badge.ts";
import { type Formats, useFormats } from "../shell/formats.ts";
import { html, type VNode } from "../shell/html.ts";
import { type TextsOf, useTexts } from "../shell/language.ts";
import { KeyValues } from "../shell/key_values.ts";
import { meterTexts } from "../texts/meter.ts";

interface Quantity {
  readonly name: string;
  readonly values: {
    readonly total?: number | undefined;
    readonly L1?: number | undefined;
    readonly L2?: number | undefined;
    readonly L3?: number | undefined;
  };
  readonly text: (value: number) => string;
}

const columns = ["total", "L1", "L2", "L3"] as const;

/** All values of the last reading with their units. */
export function ValuesPanel({ reading, isInverted }: {
  readonly reading: PowermeterPayload | undefined;
  /** Whether the values have the opposite sign of the display of the meter. */
  readonly isInverted: boolean;
}): VNode {
  const t = useTexts(meterTexts);
  const formats = useFormats();
  if (reading === undefined) {
    return html`
      <section class="panel">
        <h2>${t.values}</h2>
        <p class="quiet">${t.noValues}</p>
      </section>
    `;
  }
  const quantities = quantitiesOf(reading, t, formats);
  return html`<section class="panel values" aria-label=${t.values}>
    <h2>${t.values}</h2>
    <div class="scroll" tabindex="0" role="group" aria-label=${t.values}><table>
      <thead><tr><th scope="col">${t.value}</th>
        <th scope="col" class="number">${t.total}</th>
        ${["L1", "L2", "L3"].map((phase) => html`<th key=${phase} scope="col" class="number">${phase}</th>`)}
      </tr></thead>
      <tbody>${
    quantities.map(({ name, values, text }) =>
      html`<tr key=${name}><th scope="row">${name}</th>${
        columns.map((column) => {
          const value = values[column];
          return html`<td key=${column} class="number">${value === undefined ? "" : text(value)}</td>`;
        })
      }</tr>`
    )
  }</tbody>
    </table></div>
    <${KeyValues} entries=${otherValues(reading, t, formats)} />
    ${isInverted ? html`<p class="quiet">${t.inverted}: ${t.invertedDetails}</p>` : null}
  </section>`;
}

function quantitiesOf(reading: PowermeterPayload, t: TextsOf<typeof meterTexts>, formats: Formats): Quantity[] {
  const unit = (name: string, digits: number) => (value: number) => formats.value(value, name, digits);
  const all: (Quantity | undefined)[] = [
    quantity(t.activePower, reading.power_W, unit("W", 0)),
    quantity(t.voltage, reading.voltage_V, unit("V", 1)),
    quantity(t.current, reading.current_A, unit("A", 2)),
    quantity(t.apparentPower, reading.VA, unit("VA", 0)),
    quantity(t.reactivePower, reading.VAR, unit("var", 0)),
    quantity(t.powerFactor, reading.power_factor, (value) => formats.number(value, 3)),
    quantity(t.imported, reading.energy_Wh_import, unit("Wh", 0)),
    quantity(t.exported, reading.energy_Wh_export, unit("Wh", 0)),
  ];
  return all.filter((one) => one !== undefined);
}

function quantity(name: string, values: Quantity["values"] | undefined, text: Quantity["text"]): Quantity | undefined {
  return values === undefined ? undefined : { name, values, text };
}

function otherValues(reading: PowermeterPayload, t: TextsOf<typeof meterTexts>, formats: Formats) {
  const { voltage_LL_V: lines, frequency_Hz: frequency, temperatures = [], phase_seq_error: isWrong } = reading;
  const lineVoltages = Object.entries(lines ?? {}).filter(([, volts]) => volts !== undefined);
  return [
    ...lineVoltages.map(([pair, volts = 0]) =>
      [`${t.lineVoltage} ${pair.replace("_", "\u2013")}`, formats.value(volts, "V", 1)] as const
    ),
    [t.frequency, frequency === undefined ? undefined : formats.value(frequency.L1, "Hz", 2)] as const,
    ...temperatures.map(({ temperature }) => [t.temperature, formats.value(temperature, "\u00b0C", 1)] as const),
    [
      t.phaseSequence,
      isWrong === undefined
        ? undefined
        : html`<${Badge} tone=${isWrong ? "warning" : "ok"} text=${
          isWrong ? t.phaseSequenceError : t.phaseSequenceOk
        } />`,
    ] as const,
  ];
}
