// The error of an installation: one sentence with the reason and a remedy.

export class InstallFailure extends Error {
  override readonly name = "InstallFailure";
}

/** The disk space that an installation needs. */
export interface DiskNeeds {
  readonly neededBytes: number;
  /** "the build needs 3 GB while it runs and 1.1 GB after" */
  readonly words: string;
}

/** Turns an error of the file system or a command into a failure; other errors stay unchanged. */
export function asFailure(error: unknown, folder: string, disk: DiskNeeds): unknown {
  if (!(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return diskFull(folder, disk);
    case "EACCES":
    case "EPERM":
    case "EROFS":
    case "ENOTDIR":
    case "EEXIST":
    case "ENOENT":
    case "EISDIR":
    case "ENAMETOOLONG":
    case "ELOOP":
      return notWritable(folder);
    default:
      return error;
  }
}

export function diskFull(folder: string, { words }: DiskNeeds): InstallFailure {
  return new InstallFailure(
    `the disk of ${folder} is full; ${words}: free some or set DINC_CACHE to a folder on another disk`,
  );
}

export function notWritable(folder: string): InstallFailure {
  return new InstallFailure(
    `${folder} cannot be written; set DINC_CACHE to a folder that you may write and run this again`,
  );
}
