/** Where a job's texts go: GitHub or GitLab, as far as comments and issues are concerned. */

/** The pull or merge request this job is about, or the project's issues. */
export type Place = "change" | "issue";

export interface Post {
  id: string;
  body: string;
}

export interface Forge {
  /** The oldest post of this job's own account whose text begins with `marker`; among issues only open ones. */
  find(place: Place, marker: string): Promise<Post | undefined>;
  /** Returns the new post's id. */
  create(place: Place, body: string, title: string): Promise<string>;
  update(place: Place, id: string, body: string): Promise<void>;
  /** Closes an issue with a last text. */
  close(id: string, body: string): Promise<void>;
}
