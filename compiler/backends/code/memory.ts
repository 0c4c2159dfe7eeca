// The layout of values in the memory that code works on.

/** Bytes of a cache line. Values on separate lines do not slow down threads that read others. */
export const LINE = 64;

/** The first byte from there on that is aligned for a value. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE;
}

/** Reserves places, one after the other, each with room after it that vectors may read without using it. */
export class Reservations {
  /** The first byte after the places so far, with their room. */
  end: number;
  private readonly room: number;

  constructor(from: number, room: number) {
    this.end = from;
    this.room = room;
  }

  /** The address of a new place. */
  reserve(bytes: number): number {
    const address = aligned(this.end);
    this.end = address + bytes + this.room;
    return address;
  }
}
