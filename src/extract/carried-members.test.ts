import { expect, test } from "vitest";
import { splitCarried, withMembers } from "./carried-members.js";

const CARRIED = '"_dango_parents":[{"resources.users.id":"\\"é\\""}]';

test.each([
  ['{"id":1,"name":"é"}', '{"id":1,"name":"é"}'],
  ["{}", "{}"],
])("what is added to %s is taken away again", (record, own) => {
  const carrying = withMembers(Buffer.from(record), CARRIED);
  const split = splitCarried(carrying);
  expect([split.own.toString(), split.carried]).toEqual([own, CARRIED]);
});

test("it is found before other members too", () => {
  const { own, carried } = splitCarried(Buffer.from(`{ ${CARRIED} , "id":1}`));
  expect([own.toString(), carried]).toEqual(['{ "id":1}', CARRIED]);
});

test("a value that says its name carries nothing", () => {
  const record = Buffer.from('{"a":"_dango_parents","b":{"_dango_parents":1}}');
  expect(splitCarried(record)).toEqual({ own: record, carried: "" });
});
