import { expect, test } from "vitest";
import type { Resource } from "../model/source.js";
import type { ChosenResource } from "./choose-resources.js";
import type { Extraction } from "./extract-resource.js";
import { readFamilies } from "./read-families.js";

const resource = (name: string, parent?: string): ChosenResource => ({
  resource: { options: { name }, parent } as unknown as Resource,
  isLoaded: true,
  isReadWhole: false,
});

const extractionOf = ({ resource: { options } }: ChosenResource): Extraction =>
  ({ status: "read", resource: { options }, spooled: { files: [] } }) as unknown as Extraction;

test("what ends a reading is told as it was, also where a resource before it had not begun", async () => {
  const begun: string[] = [];
  const reading = readFamilies([resource("parent"), resource("child", "parent"), resource("other")], 1, {
    read: async (one) => {
      begun.push(one.resource.options.name);
      if (one.resource.options.name === "other") return Promise.reject(new Error("no space is left"));
      return Promise.resolve(extractionOf(one));
    },
    leaveOut: extractionOf,
  });
  await expect(reading).rejects.toThrow("no space is left");
  expect(begun).toEqual(["parent", "other"]);
});
