/** A number whose spelling would change as a JavaScript number: `1.0`, 20 digits. Written into JSON as it is spelled. */
export class WrittenNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}
