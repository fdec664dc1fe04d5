import htm from "htm";
import { h, type VNode } from "preact";

export {
  type ComponentChildren,
  type ComponentType,
  createContext,
  type FunctionComponent,
  h,
  type VNode,
} from "preact";
export {
  useContext,
  useEffect,
  useErrorBoundary,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "preact/hooks";

/** Creates elements from a template with one root. */
type Template = (strings: TemplateStringsArray, ...values: unknown[]) => VNode;

/** The types of the package describe its CommonJS form, but a module imports the function itself. */
const templates = htm as unknown as { bind(create: typeof h): Template };

/** Creates elements from a template with one root: `html\`<p class=${name}>${text}</p>\``. All texts are escaped. */
export const html: Template = templates.bind(h);
