/** Members of a form; a list repeats its name. */
export type Form = Readonly<Record<string, string | readonly string[]>>;

/** As `application/x-www-form-urlencoded`. */
export function encodeForm(form: Form): string {
  const members = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) {
    for (const item of typeof value === "string" ? [value] : value) members.append(name, item);
  }
  return members.toString();
}
