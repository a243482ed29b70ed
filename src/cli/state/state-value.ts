import { escapeControls } from "../../shared/escape-controls.js";
import { formatJson } from "../json-text.js";

const LONGEST = 60;

/** A value of a state in one short line: text as it is, everything else as JSON. */
export function formatStateValue(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = escapeControls(typeof value === "string" ? value : formatJson(value).replace(/\n\s*/g, " "));
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
