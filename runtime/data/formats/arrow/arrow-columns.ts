// The columns of an Arrow file in the types of DuckDB that Parquet files have, with all digits: whole numbers of 64 bits
// are bigints, decimals are scaled ones, and times keep their unit.

import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import type { Batch, Column, DataType, Field } from "@uwdata/flechette";
import { InternalError } from "../../../../compiler/common/internal-error.ts";
import { ContentProblem, damaged } from "../content-problem.ts";
import { bytesOf, textsOf } from "./arrow-texts.ts";
import { arrowTypes } from "./arrow-types.ts";

type Api = typeof import("@duckdb/node-api");

/** Arrays of one column in one batch. */
export type ArrowBatch = Batch<unknown>;

type ValueAt = (row: number) => DuckDBValue;

export interface ArrowColumn {
  readonly name: string;
  readonly type: DuckDBType;
  /** The values of a batch by row. Throws ContentProblem for one that is damaged. */
  valuesOf(batch: ArrowBatch): ValueAt;
}

/** The unit of times by its number: seconds, milliseconds, microseconds, nanoseconds. */
type Unit = 0 | 1 | 2 | 3;

const MILLISECONDS_A_DAY = 86_400_000;

/** Throws ContentProblem for a name or a type that dinc does not read. */
export function columnOf(api: Api, { name, type }: Field): ArrowColumn {
  // A query could not name it.
  if (typeof name !== "string" || name === "" || name.includes("\0"))
    throw new ContentProblem("the name of a column is empty, or holds a NUL byte", {}, true);
  const { type: own, valuesOf } = new Types(api, name).of(type);
  return {
    name,
    type: own,
    valuesOf(batch) {
      try {
        return valuesOf(batch);
      } catch (error) {
        throw error instanceof RangeError || error instanceof TypeError
          ? damaged("its arrays have other lengths than its columns", { column: name })
          : error;
      }
    },
  };
}

type Typed = Omit<ArrowColumn, "name">;

class Types {
  private readonly api: Api;
  private readonly column: string;

  constructor(api: Api, column: string) {
    this.api = api;
    this.column = column;
  }

  of(type: DataType): Typed {
    const { api } = this;
    const plain = (own: DuckDBType, toValue?: (value: never) => DuckDBValue): Typed => ({
      type: own,
      valuesOf: (batch) =>
        this.present(batch, (row) => {
          const value = batch.at(row);
          if (value === undefined) throw this.damaged();
          if (value === null) return null;
          return toValue === undefined ? (value as DuckDBValue) : toValue(value as never);
        }),
    });
    switch (type.typeId) {
      case arrowTypes.none:
        throw this.unread("a type that no version of Arrow has");
      case arrowTypes.null:
        return { type: api.INTEGER, valuesOf: () => () => null };
      case arrowTypes.int:
        return plain(this.wholeOf(type.bitWidth, type.signed));
      case arrowTypes.float:
        return plain(type.precision === 2 ? api.DOUBLE : api.FLOAT);
      case arrowTypes.bool:
        return plain(api.BOOLEAN);
      case arrowTypes.utf8:
      case arrowTypes.largeUtf8:
      case arrowTypes.utf8View:
        return {
          type: api.VARCHAR,
          valuesOf: (batch) => this.present(batch, textsOf(batch, this.column)),
        };
      case arrowTypes.binary:
      case arrowTypes.largeBinary:
      case arrowTypes.binaryView:
        return {
          type: api.BLOB,
          valuesOf: (batch) => {
            const bytesAt = bytesOf(batch, this.column);
            return this.present(batch, (row) => api.blobValue(bytesAt(row)));
          },
        };
      case arrowTypes.fixedSizeBinary:
        return plain(api.BLOB, (bytes: Uint8Array) => api.blobValue(bytes));
      case arrowTypes.decimal: {
        const { precision, scale } = type;
        if (precision < 1 || precision > 38 || scale < 0 || scale > precision)
          throw this.unread(`decimal(${precision}, ${scale})`);
        const most = 10n ** BigInt(precision);
        return plain(api.DECIMAL(precision, scale), (value: bigint | number) => {
          const digits = BigInt(value);
          if (digits >= most || digits <= -most) throw this.damaged();
          return api.decimalValue(digits, precision, scale);
        });
      }
      case arrowTypes.date:
        return this.stored(api.DATE, (value) =>
          api.dateValue(type.unit === 0 ? Number(value) : Math.floor(Number(value) / MILLISECONDS_A_DAY)),
        );
      case arrowTypes.time:
        return this.stored(api.TIME, (value) => api.timeValue(micros(value, type.unit)));
      case arrowTypes.timestamp:
        return this.instants(type.unit, type.timezone !== null && type.timezone !== undefined);
      case arrowTypes.duration:
        return this.stored(api.BIGINT, (value) => BigInt(value));
      case arrowTypes.dictionary:
        return this.dictionary(this.of(type.dictionary));
      case arrowTypes.list:
      case arrowTypes.fixedSizeList:
      case arrowTypes.largeList:
      case arrowTypes.listView:
      case arrowTypes.largeListView:
        return this.lists(this.of(type.children[0]!.type));
      case arrowTypes.struct:
        return this.structs(type.children);
      case arrowTypes.map:
        return this.maps(type.children[0].type);
      case arrowTypes.interval:
        throw this.unread("interval");
      case arrowTypes.union:
        throw this.unread("union");
      case arrowTypes.runEndEncoded:
        throw this.unread("run-end encoded");
    }
    const _: never = type;
    throw new InternalError(`no Arrow type ${String(_)}`);
  }

  private wholeOf(bits: number, signed: boolean): DuckDBType {
    const { api } = this;
    switch (bits) {
      case 8:
        return signed ? api.TINYINT : api.UTINYINT;
      case 16:
        return signed ? api.SMALLINT : api.USMALLINT;
      case 32:
        return signed ? api.INTEGER : api.UINTEGER;
      default:
        return signed ? api.BIGINT : api.UBIGINT;
    }
  }

  /** Values that are made from the stored numbers themselves, which flechette would turn into floats. */
  private stored(type: DuckDBType, toValue: (value: bigint | number) => DuckDBValue): Typed {
    return {
      type,
      valuesOf: (batch) => {
        const { values } = batch;
        return this.present(batch, (row) => {
          const value = values[row];
          if (value === undefined) throw this.damaged();
          return toValue(value);
        });
      },
    };
  }

  /** Instants with a zone, and all that aren't nanoseconds, have microseconds, as DuckDB reads them from Parquet. */
  private instants(unit: Unit, hasZone: boolean): Typed {
    const { api } = this;
    const inRange = (instant: bigint) => {
      if (BigInt.asIntN(64, instant) !== instant)
        throw new ContentProblem("an instant is too far away for microseconds", { column: this.column });
      return instant;
    };
    if (hasZone)
      return this.stored(api.TIMESTAMPTZ, (value) => api.timestampTZValue(inRange(micros(value, unit))));
    return unit === 3
      ? this.stored(api.TIMESTAMP_NS, (value) => api.timestampNanosValue(BigInt(value)))
      : this.stored(api.TIMESTAMP, (value) => api.timestampValue(inRange(micros(value, unit))));
  }

  private dictionary({ type, valuesOf }: Typed): Typed {
    const decoded = new WeakMap<Column<unknown>, readonly DuckDBValue[]>();
    const valuesIn = (dictionary: Column<unknown>) => {
      const known = decoded.get(dictionary);
      if (known !== undefined) return known;
      const values = dictionary.data.flatMap((part) => {
        const valueAt = valuesOf(part);
        return Array.from({ length: part.length }, (_, row) => valueAt(row));
      });
      decoded.set(dictionary, values);
      return values;
    };
    return {
      type,
      valuesOf: (batch) => {
        const { dictionary } = batch as ArrowBatch & { readonly dictionary: Column<unknown> | undefined };
        const values = dictionary === undefined ? [] : valuesIn(dictionary);
        return this.present(batch, (row) => {
          const value = values[Number(batch.values[row])];
          if (value === undefined) throw this.damaged();
          return value;
        });
      },
    };
  }

  private lists(element: Typed): Typed {
    const { api } = this;
    return {
      type: api.LIST(element.type),
      valuesOf: (batch) => {
        const [child] = batch.children;
        const valueAt = element.valuesOf(child!);
        const rangeOf = this.rangesOf(batch);
        return this.present(batch, (row) => {
          const [from, to] = rangeOf(row);
          const items: DuckDBValue[] = [];
          for (let i = from; i < to; i++) items.push(valueAt(i));
          return api.listValue(items);
        });
      },
    };
  }

  private maps(entry: DataType): Typed {
    const { api } = this;
    const [key, value] = entry.typeId === arrowTypes.struct ? entry.children : [];
    if (key === undefined || value === undefined) throw this.damaged();
    const [keys, values] = [this.of(key.type), this.of(value.type)];
    return {
      type: api.MAP(keys.type, values.type),
      valuesOf: (batch) => {
        const [keyBatch, valueBatch] = batch.children[0]!.children;
        const [keyAt, valueAt] = [keys.valuesOf(keyBatch!), values.valuesOf(valueBatch!)];
        const rangeOf = this.rangesOf(batch);
        return this.present(batch, (row) => {
          const [from, to] = rangeOf(row);
          const entries = Array.from({ length: to - from }, (_, i) => ({
            key: keyAt(from + i),
            value: valueAt(from + i),
          }));
          return api.mapValue(entries);
        });
      },
    };
  }

  private structs(fields: readonly Field[]): Typed {
    const { api } = this;
    if (fields.length === 0) throw this.unread("struct without fields");
    const parts = fields.map(({ name, type }) => ({ name, ...this.of(type) }));
    return {
      type: api.STRUCT(Object.fromEntries(parts.map(({ name, type }) => [name, type]))),
      valuesOf: (batch) => {
        const values = parts.map(({ name, valuesOf }, i) => [name, valuesOf(batch.children[i]!)] as const);
        return this.present(batch, (row) =>
          api.structValue(Object.fromEntries(values.map(([name, valueAt]) => [name, valueAt(row)]))),
        );
      },
    };
  }

  /** The elements of each list: those from … to − 1 of the child. */
  private rangesOf(batch: ArrowBatch): (row: number) => readonly [from: number, to: number] {
    const { type, offsets, sizes } = batch;
    const most = batch.children[0]!.length;
    const checked = (from: number, to: number): readonly [number, number] => {
      if (!(from >= 0 && from <= to && to <= most)) throw this.damaged();
      return [from, to];
    };
    if (type.typeId === arrowTypes.fixedSizeList)
      return (row) => checked(row * type.stride, (row + 1) * type.stride);
    if (type.typeId === arrowTypes.listView || type.typeId === arrowTypes.largeListView)
      return (row) => {
        const from = Number(offsets[row]);
        const size = Number(sizes[row]);
        return size === 0 ? [0, 0] : checked(from, from + size);
      };
    return (row) => checked(Number(offsets[row]), Number(offsets[row + 1]));
  }

  /** Null for rows without a value. */
  private present({ nullCount, validity, length }: ArrowBatch, valueAt: ValueAt): ValueAt {
    const hasNulls = nullCount !== 0 && validity !== undefined && validity.length > 0;
    if (hasNulls && validity.length * 8 < length) throw this.damaged();
    if (!hasNulls) return valueAt;
    return (row) => (((validity[row >> 3]! >> (row & 7)) & 1) === 0 ? null : valueAt(row));
  }

  private damaged(): ContentProblem {
    return damaged("its arrays have other lengths than its columns", { column: this.column });
  }

  private unread(what: string): ContentProblem {
    return new ContentProblem(`dinc reads no values of Arrow's type ${what}`, { column: this.column }, true);
  }
}

/** Microseconds. Nanoseconds are cut as DuckDB cuts those of Parquet. */
function micros(value: bigint | number, unit: Unit): bigint {
  const whole = BigInt(value);
  switch (unit) {
    case 0:
      return whole * 1_000_000n;
    case 1:
      return whole * 1000n;
    case 2:
      return whole;
    case 3:
      return whole / 1000n;
  }
}
