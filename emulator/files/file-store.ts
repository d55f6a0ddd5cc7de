/** Where file sources read: an SFTP server, or a local folder that stands in for one. */
import type { Entity, World } from "../store.ts";
import { folderStore } from "./folder-store.ts";
import type { FileStore } from "./types.ts";

/**
 * Opens the store of an SFTP base connection. A host that the settings give a folder (`sftpFolders`) is that folder; every other
 * one is reached over the network.
 */
export async function openFileStore(world: World, connection: Entity): Promise<FileStore> {
  const auth: Entity = connection["auth"] ?? {};
  const params: Entity = auth["params"] ?? {};
  const folders = world.settings.sftpFolders;
  const base = typeof params["folderPath"] === "string" ? params["folderPath"] : "/";
  const folder = Object.hasOwn(folders, params["host"]) ? folders[params["host"]] : undefined;
  if (folder !== undefined) return folderStore(folder, base);
  // The SSH library is large, and only this branch needs it.
  const { sftpStore } = await import("./sftp-store.ts");
  return sftpStore(params, base);
}
