/** Zip archives, with bounds on what they may unpack to. */
import { type Entry, fromBuffer, type ZipFile } from "yauzl";

const MAX_ENTRIES = 25_000;

/** The files of an archive in its order. Throws when it holds too much, or something that is no plain file name. */
export async function unzip(bytes: Buffer, maxBytes: number): Promise<Buffer[]> {
  const archive = await open(bytes);
  try {
    return await collect(archive, maxBytes);
  } finally {
    archive.close();
  }
}

function open(bytes: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true }, (error, archive) =>
      archive ? resolve(archive) : reject(error),
    );
  });
}

function collect(archive: ZipFile, maxBytes: number): Promise<Buffer[]> {
  const files: Buffer[] = [];
  let total = 0;
  return new Promise((resolve, reject) => {
    archive.on("error", reject);
    archive.on("end", () => resolve(files));
    archive.on("entry", (entry: Entry) => {
      total += entry.uncompressedSize;
      if (total > maxBytes || files.length >= MAX_ENTRIES)
        return reject(new Error("The archive holds more than is allowed"));
      if (entry.fileName.endsWith("/")) return archive.readEntry();
      readEntry(archive, entry).then((file) => {
        files.push(file);
        archive.readEntry();
      }, reject);
    });
    archive.readEntry();
  });
}

function readEntry(archive: ZipFile, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    archive.openReadStream(entry, (error, stream) => {
      if (!stream) return reject(error);
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => resolve(Buffer.concat(chunks)));
      stream.on("error", reject);
    });
  });
}
