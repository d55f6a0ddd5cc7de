/** A zip of texts: the same content gives the same bytes. */
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

/** The first moment a zip can name. */
const MOMENT = new Date(1980, 0, 1);

export async function zip(files: ReadonlyMap<string, string>): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [name, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    archive.addBuffer(Buffer.from(text), name, { mtime: MOMENT, mode: 0o100600, forceDosTimestamp: true });
  archive.end();
  return buffer(archive.outputStream as NodeJS.ReadableStream);
}
