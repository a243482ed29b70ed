/** A record as a function of a processing step gets it: exact integers are bigints, numbers beyond DOUBLE are text. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what an API sends has no type that we could know
export type StepRecord = Record<string, any>;

/** The function of a step `filter: {function: …}`: true keeps the record. */
export type RecordFilter = (record: StepRecord) => boolean | Promise<boolean>;

/** The function of a step `map: {function: …}`: what takes the record's place; null leaves it out. */
export type RecordMap = (record: StepRecord) => object | null | Promise<object | null>;

/** The function of a step `yield_map: {function: …}`: the records that take the record's place. */
export type RecordExpansion = (
  record: StepRecord,
) => Iterable<object> | AsyncIterable<object> | Promise<Iterable<object>> | null;
