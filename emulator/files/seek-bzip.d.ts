/** The part of seek-bzip that is used here; the package has no types of its own. */
declare module "seek-bzip" {
  interface Input {
    readByte(): number;
    /** Fills `target` from `offset` with up to `count` bytes; answers how many there were. */
    read(target: Buffer, offset: number, count: number): number;
  }
  interface Output {
    writeByte(byte: number): void;
  }
  const Bunzip: { decode(input: Input, output: Output, multistream: boolean): void };
  export default Bunzip;
}
