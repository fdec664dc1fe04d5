import { parse } from "yaml";

/** An alert rule. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A query of the dashboard. */
export interface PanelQuery {
  readonly panel: string;
  readonly expr: string;
  readonly legend: string;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
}

/** The folder of rules and dashboard. */
export const monitoringFolder: URL = new URL("../../config/monitoring/", import.meta.url);

/** All alert rules. */
export async function alertRules(): Promise<AlertRule[]> {
  const text = await Deno.readTextFile(new URL("wattseal.rules.yaml", monitoringFolder));
  const { groups }: { groups: { rules: AlertRule[] }[] } = parse(text);
  return groups.flatMap(({ rules }) => rules);
}

/** The dashboard. */
export async function dashboard(): Promise<Dashboard> {
  return JSON.parse(await Deno.readTextFile(new URL("grafana-dashboard.json", monitoringFolder)));
}

/** All queries of the dashboard: of panels, of annotations and of variables. */
export function queriesOf({ panels, annotations, templating }: Dashboard): PanelQuery[] {
  return [
    ...panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr, legendFormat }) => ({ panel: title, expr, legend: legendFormat }))
    ),
    ...annotations.list.map(({ name, expr }) => ({ panel: `annotation ${name}`, expr, legend: "" })),
    ...templating.list.flatMap(({ name, definition = "" }) => {
      const [, expr] = /^label_values\((.+), *\w+\)$/.exec(definition) ?? [];
      return expr === undefined ? [] : [{ panel: `variable ${name}`, expr, legend: "" }];
    }),
  ];
}
