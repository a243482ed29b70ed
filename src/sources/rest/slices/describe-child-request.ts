import type { ParentConfig } from "../../../model/rest-config.js";
import type { PlaceholderLookup } from "../requests/placeholder-text.js";

/**
 * A child's requests in words, `GET https://…/users/{id}/posts for each of users`. `describe` gives them with the values
 * that its lookup has for the parent's fields.
 */
export function describeChildRequest(
  parent: ParentConfig,
  describe: (lookUpParent: PlaceholderLookup) => string,
): string {
  // Plain words stay as they are when a URL is encoded; braces would not.
  const marks = parent.fields.map(({ placeholder, resource, path }, index) => ({
    placeholder,
    mark: `dangoParentField${String(index)}End`,
    name: resource === parent.resource ? `{${path}}` : `{${resource}.${path}}`,
  }));
  const described = describe((name) => marks.find(({ placeholder }) => placeholder === name)?.mark);
  const request = marks.reduce((text, { mark, name }) => text.replaceAll(mark, name), described);
  return `${request} for each of ${parent.resource}`;
}
