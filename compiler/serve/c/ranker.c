/* Parts of a ranker that are the same for every model: rows of tables, scores from logits, the best candidates. */

/* A table of the weights file, or of the caller. */
typedef struct {
  const unsigned char *rows;
  /* By row; null for tables that aren't bytes. */
  const unsigned char *scales;
  uint64_t count;
  /* Gives the rows of a table that the weights leave out; its name in messages. */
  int (*store)(void *context, const uint32_t *ids, size_t count, float *numbers);
  void *context;
  const char *field;
} dinc_table;

/* The error of a call, as text. */
typedef struct { char text[240]; } dinc_said;

/* Adds a text to the error, as far as there is room. */
DINC_LOCAL void dinc_say(dinc_said *error, const char *text) {
  size_t at = strlen(error->text);
  while (*text != 0 && at + 1 < sizeof error->text) error->text[at++] = *text++;
  error->text[at] = 0;
}

DINC_LOCAL void dinc_say_number(dinc_said *error, int64_t number) {
  char digits[24];
  int at = sizeof digits - 1;
  uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
  digits[at] = 0;
  do digits[--at] = (char)('0' + left % 10); while ((left /= 10) != 0);
  if (number < 0) digits[--at] = '-';
  dinc_say(error, digits + at);
}

/* `FIELD[at] WHAT`, without the index if it is below 0. */
DINC_LOCAL int dinc_fault(dinc_said *error, int code, const char *field, int64_t at, const char *what) {
  error->text[0] = 0;
  dinc_say(error, field);
  if (at >= 0) {
    dinc_say(error, "[");
    dinc_say_number(error, at);
    dinc_say(error, "]");
  }
  dinc_say(error, " ");
  dinc_say(error, what);
  return code;
}

/* `FIELD has COUNT steps, but at most MOST count`, or values in a row. */
DINC_LOCAL int dinc_too_many(dinc_said *error, const char *field, uint64_t count, const char *what, int64_t row,
                             uint64_t most) {
  dinc_fault(error, DINC_CODE_INPUT, field, -1, "has ");
  dinc_say_number(error, count > INT64_MAX ? INT64_MAX : (int64_t)count);
  dinc_say(error, what);
  if (row >= 0) dinc_say_number(error, row);
  dinc_say(error, ", but at most ");
  dinc_say_number(error, (int64_t)most);
  dinc_say(error, " count");
  return DINC_CODE_INPUT;
}

/* An input of the network. */
typedef struct {
  const char *field;
  /* The places of its ids or numbers, and for a set of the row of each id. */
  uint32_t place, row_of;
  /* The history whose steps it belongs to, or -1. */
  int32_t history;
  /* The table with a row for each of its ids; -1 for ids that no table has; -2 for numbers, -3 for weights of values. */
  int32_t table;
  /* The numbers of a row; for a set, the most ids. */
  uint32_t width;
  /* The index of the set, or -1. */
  int32_t set;
} dinc_column_place;

enum { DINC_NO_TABLE = -1, DINC_NUMBERS_COLUMN = -2, DINC_WEIGHTS_COLUMN = -3 };

/* Ids: each must have a row in a table of `rows` rows; 0 is padding, not the id of a value. */
DINC_LOCAL int dinc_put_ids(dinc_said *error, const char *field, char *to, const int32_t *ids, size_t count,
                            uint64_t rows, size_t before) {
  for (size_t i = 0; i < count; i++)
    if (ids[i] < 1 || (uint64_t)ids[i] >= rows) {
      dinc_fault(error, DINC_CODE_INPUT, field, (int64_t)(before + i), "is ");
      dinc_say_number(error, ids[i]);
      dinc_say(error, ", but encoded ids are 1 (unknown) to ");
      dinc_say_number(error, (int64_t)rows - 1);
      return DINC_CODE_INPUT;
    }
  if (count > 0) memcpy(to, ids, 4 * count);
  return DINC_CODE_OK;
}

/* Sets: the values of row i are those from offsets[i] to offsets[i + 1]. */
DINC_LOCAL int dinc_put_sets(dinc_said *error, const dinc_column_place *column, void *const *of, uint32_t *elements,
                             const int32_t *values, const int32_t *offsets, size_t from, size_t count,
                             uint64_t rows) {
  size_t at = 0;
  for (size_t i = 0; i < count; i++) {
    int32_t first = offsets[from + i], end = offsets[from + i + 1];
    int code;
    if (first < 0 || end < first)
      return dinc_fault(error, DINC_CODE_INPUT, column->field, (int64_t)(from + i), "has offsets that are not in order");
    if ((uint32_t)(end - first) > column->width)
      return dinc_too_many(error, column->field, (uint32_t)(end - first), " values in row ", (int64_t)(from + i),
                           column->width);
    code = dinc_put_ids(error, column->field, (char *)of[column->place] + 4 * at, values + first, (size_t)(end - first),
                        rows, (size_t)first);
    if (code != DINC_CODE_OK) return code;
    for (; first < end; first++, at++) {
      uint32_t row = (uint32_t)i;
      memcpy((char *)of[column->row_of] + 4 * at, &row, 4);
    }
  }
  elements[column->set] = (uint32_t)at;
  return DINC_CODE_OK;
}

#ifdef DINC_HAS_PAIRS
/* Weights of the values of a set, whose column comes before this one. */
DINC_LOCAL int dinc_put_weights(dinc_said *error, const dinc_column_place *column, char *to, uint32_t elements,
                                const float *values, const int32_t *offsets, size_t from, size_t count) {
  size_t at = 0;
  for (size_t i = 0; i < count; i++)
    for (int32_t k = offsets[from + i]; k < offsets[from + i + 1]; k++, at++) {
      if (k < 0 || at == elements) break;
      if (!(values[k] - values[k] == 0))
        return dinc_fault(error, DINC_CODE_INPUT, column->field, k, "must be finite");
      memcpy(to + 4 * at, values + k, 4);
    }
  if (at != elements)
    return dinc_fault(error, DINC_CODE_INPUT, column->field, -1, "must have a weight for each value of its set");
  return DINC_CODE_OK;
}
#endif

/* Copies rows `from` to `from + count - 1` of a column. */
DINC_LOCAL int dinc_put_column(dinc_said *error, const dinc_column_place *column, void *const *of, uint32_t *elements,
                               const dinc_table *tables, const void *values, const int32_t *offsets, size_t from,
                               size_t count) {
  size_t width = column->width;
  uint64_t rows = column->table >= 0 ? tables[column->table].count : (uint64_t)INT32_MAX + 1;
  if (column->set >= 0 && column->table != DINC_WEIGHTS_COLUMN) elements[column->set] = 0;
  if (count == 0) return DINC_CODE_OK;
  if (column->set >= 0) {
    if (offsets == 0 || values == 0)
      return dinc_fault(error, DINC_CODE_INPUT, column->field, -1, "is missing, or its offsets are");
#ifdef DINC_HAS_PAIRS
    if (column->table == DINC_WEIGHTS_COLUMN)
      return dinc_put_weights(error, column, (char *)of[column->place], elements[column->set], (const float *)values, offsets,
                              from, count);
#endif
    return dinc_put_sets(error, column, of, elements, (const int32_t *)values, offsets, from, count, rows);
  }
  if (values == 0) return dinc_fault(error, DINC_CODE_INPUT, column->field, -1, "is missing");
  if (column->table != DINC_NUMBERS_COLUMN)
    return dinc_put_ids(error, column->field, (char *)of[column->place], (const int32_t *)values + from, count, rows, from);
  for (size_t i = from * width; i < (from + count) * width; i++)
    if (!(((const float *)values)[i] - ((const float *)values)[i] == 0)) {
      char number[DINC_NUMBER_ROOM];
      number[dinc_number_text(number, ((const float *)values)[i])] = 0;
      dinc_fault(error, DINC_CODE_INPUT, column->field, (int64_t)i, "must be finite, not ");
      dinc_say(error, number);
      return DINC_CODE_INPUT;
    }
  memcpy(of[column->place], (const float *)values + from * width, 4 * count * width);
  return DINC_CODE_OK;
}

DINC_LOCAL uint32_t dinc_id(const char *ids, size_t i) {
  uint32_t id;
  memcpy(&id, ids + 4 * i, 4);
  return id;
}

DINC_LOCAL float dinc_float(const void *from, size_t i) {
  float number;
  memcpy(&number, (const char *)from + 4 * i, 4);
  return number;
}

DINC_LOCAL void dinc_set_float(void *to, size_t i, float number) { memcpy((char *)to + 4 * i, &number, 4); }

/* The number of a 16-bit float, exactly. */
DINC_LOCAL float dinc_half(const unsigned char *at) {
  uint32_t half = (uint32_t)at[0] | (uint32_t)at[1] << 8;
  uint32_t bits = (half & 0x8000) << 16 | (half & 0x7fff) << 13;
  float number;
  memcpy(&number, &bits, 4);
  return number * 5192296858534827628530496329220096.0f;
}

/* The row of an id. Only a forged vocabulary has ids without one. */
DINC_LOCAL size_t dinc_row_of(const dinc_table *table, const char *ids, size_t i) {
  size_t id = dinc_id(ids, i);
  return id < table->count ? id : 1;
}

/* The rows of ids, one after the other; by the form of the table. */
DINC_LOCAL int dinc_rows_f32(dinc_said *error, char *out, const dinc_table *table, const char *ids, size_t count,
                             size_t width) {
  (void)error;
  for (size_t r = 0; r < count; r++)
    memcpy(out + 4 * r * width, table->rows + 4 * (dinc_row_of(table, ids, r) * width), 4 * width);
  return DINC_CODE_OK;
}

DINC_LOCAL int dinc_rows_f16(dinc_said *error, char *out, const dinc_table *table, const char *ids, size_t count,
                             size_t width) {
  (void)error;
  for (size_t r = 0; r < count; r++) {
    const unsigned char *row = table->rows + 2 * (dinc_row_of(table, ids, r) * width);
    for (size_t j = 0; j < width; j++) dinc_set_float(out, r * width + j, dinc_half(row + 2 * j));
  }
  return DINC_CODE_OK;
}

DINC_LOCAL int dinc_rows_i8(dinc_said *error, char *out, const dinc_table *table, const char *ids, size_t count,
                            size_t width) {
  (void)error;
  for (size_t r = 0; r < count; r++) {
    size_t id = dinc_row_of(table, ids, r);
    double scale = dinc_float(table->scales, id);
    for (size_t j = 0; j < width; j++)
      dinc_set_float(out, r * width + j, (float)((signed char)table->rows[id * width + j] * scale));
  }
  return DINC_CODE_OK;
}

/* The same from a store, whose numbers are not trusted. */
DINC_LOCAL int dinc_rows_of_store(dinc_said *error, char *out, const dinc_table *table, const char *ids, size_t count,
                                  size_t width) {
  float *numbers = (float *)(void *)out;
  for (size_t i = 0; i < count * width; i++) numbers[i] = __builtin_nanf("");
  if (count > 0 && table->store(table->context, (const uint32_t *)(const void *)ids, count, numbers) != 0)
    return dinc_fault(error, DINC_CODE_STORE, table->field, -1, "could not be read: its store failed");
  for (size_t i = 0; i < count * width; i++)
    if (!(numbers[i] - numbers[i] == 0)) {
      dinc_fault(error, DINC_CODE_STORE, table->field, -1, "has a number that isn't finite at ");
      dinc_say_number(error, (int64_t)(i % width));
      dinc_say(error, " in the row of id ");
      dinc_say_number(error, (int64_t)dinc_id(ids, i / width));
      return DINC_CODE_STORE;
    }
  return DINC_CODE_OK;
}

typedef int dinc_reader(dinc_said *error, char *out, const dinc_table *table, const char *ids, size_t count, size_t width);

/* The sum, or with `largest` the maximum, of the rows of each set's values; 0 for an empty set. */
DINC_LOCAL int dinc_pool(dinc_said *error, char *out, dinc_reader *read, const dinc_table *table, const char *ids,
                         const char *row_of, size_t elements, size_t rows, size_t width, int largest) {
  float row[DINC_WIDEST_ROW];
  memset(out, 0, 4 * rows * width);
  for (size_t e = 0; e < elements; e++) {
    size_t at = (size_t)dinc_id(row_of, e) * width;
    int is_first = e == 0 || dinc_id(row_of, e - 1) != dinc_id(row_of, e);
    int code = read(error, (char *)row, table, ids + 4 * e, 1, width);
    if (code != DINC_CODE_OK) return code;
    for (size_t j = 0; j < width; j++) {
      float value = dinc_float(row, j), before = dinc_float(out, at + j);
      if (!largest) dinc_set_float(out, at + j, before + value);
      else if (is_first || value > before) dinc_set_float(out, at + j, value);
    }
  }
  return DINC_CODE_OK;
}

#ifdef DINC_HAS_PAIRS
/* The sum of the rows of each set's values, each times its weight. */
DINC_LOCAL int dinc_pool_weighted(dinc_said *error, char *out, dinc_reader *read, const dinc_table *table, const char *ids,
                                  const char *row_of, size_t elements, size_t rows, size_t width, const char *weights) {
  float row[DINC_WIDEST_ROW];
  memset(out, 0, 4 * rows * width);
  for (size_t e = 0; e < elements; e++) {
    size_t at = (size_t)dinc_id(row_of, e) * width;
    float weight = dinc_float(weights, e);
    int code = read(error, (char *)row, table, ids + 4 * e, 1, width);
    if (code != DINC_CODE_OK) return code;
    for (size_t j = 0; j < width; j++) {
      float product = weight * dinc_float(row, j);
      dinc_set_float(out, at + j, dinc_float(out, at + j) + product);
    }
  }
  return DINC_CODE_OK;
}
#endif

/* The rows of each set's values, in their order at the end of a list of `most` after zeros. */
DINC_LOCAL int dinc_list_rows(dinc_said *error, char *out, dinc_reader *read, const dinc_table *table, const char *ids,
                              const char *row_of, size_t elements, size_t rows, size_t most, size_t width) {
  memset(out, 0, 4 * rows * most * width);
  size_t at = 0;
  for (size_t e = elements; e-- > 0;) {
    int is_last = e == elements - 1 || dinc_id(row_of, e + 1) != dinc_id(row_of, e);
    at = is_last ? ((size_t)dinc_id(row_of, e) + 1) * most - 1 : at - 1;
    int code = read(error, out + 4 * at * width, table, ids + 4 * e, 1, width);
    if (code != DINC_CODE_OK) return code;
  }
  return DINC_CODE_OK;
}

/* The number of values of each set. */
DINC_LOCAL void dinc_count_elements(char *out, const char *row_of, size_t elements, size_t rows) {
  memset(out, 0, 4 * rows);
  for (size_t e = 0; e < elements; e++)
    dinc_set_float(out, dinc_id(row_of, e), dinc_float(out, dinc_id(row_of, e)) + 1);
}

/* id / divisor, modulo `modulus` unless that is 0; `unknown` for an unknown value. */
DINC_LOCAL void dinc_id_number(char *out, const char *ids, size_t rows, uint32_t divisor, uint32_t modulus,
                               float unknown) {
  for (size_t i = 0; i < rows; i++) {
    uint32_t id = dinc_id(ids, i), number = id / divisor;
    dinc_set_float(out, i, id < 2 ? unknown : (float)(modulus == 0 ? number : number % modulus));
  }
}

/* fdlibm's exp, which V8 has too, so that probabilities have the same bits with every C library.
 * Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunSoft, a Sun Microsystems, Inc. business.
 * Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice is preserved. */
DINC_LOCAL double dinc_power_of_2(int k) {
  uint64_t bits = (uint64_t)(0x3ff + k) << 52;
  double power;
  memcpy(&power, &bits, 8);
  return power;
}

DINC_LOCAL double dinc_exp(double x) {
  double high = 0, low = 0, c, t, y;
  int k = 0;
  uint64_t bits;
  uint32_t word;
  memcpy(&bits, &x, 8);
  word = (uint32_t)(bits >> 32) & 0x7fffffff;
  if (word >= 0x40862e42) {
    if (x != x) return x;
    if (x > 7.09782712893383973096e+02) return 1e300 * 1e300;
    if (x < -7.45133219101941108420e+02) return 0;
  }
  if (word > 0x3fd62e42) {
    if (word < 0x3ff0a2b2) {
      if (x == 1.0) return 2.718281828459045;
      k = x < 0 ? -1 : 1;
    } else
      k = (int)(1.44269504088896338700e+00 * x + (x < 0 ? -0.5 : 0.5));
    t = k;
    high = x - t * 6.93147180369123816490e-01;
    low = t * 1.90821492927058770002e-10;
    x = high - low;
  } else if (word < 0x3e300000)
    return 1.0 + x;
  t = x * x;
  c = x - t * (1.66666666666666019037e-01 +
               t * (-2.77777777770155933842e-03 +
                    t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
  if (k == 0) return 1.0 - ((x * c) / (c - 2.0) - x);
  y = 1.0 - ((low - (x * c) / (2.0 - c)) - high);
  if (k == 1024) return y * 2.0 * dinc_power_of_2(1023);
  if (k >= -1021) return y * dinc_power_of_2(k);
  return y * dinc_power_of_2(k + 1000) * dinc_power_of_2(-1000);
}

DINC_LOCAL float dinc_sigmoid(float x) { return (float)(1.0 / (1.0 + dinc_exp(-(double)x))); }

DINC_LOCAL void dinc_softmax(float *row, size_t classes) {
  double largest = row[0], sum = 0;
  for (size_t i = 1; i < classes; i++) if (row[i] > largest) largest = row[i];
  for (size_t i = 0; i < classes; i++) sum += dinc_exp(row[i] - largest);
  for (size_t i = 0; i < classes; i++) row[i] = (float)(dinc_exp(row[i] - largest) / sum);
}

/* Copies a block's logits. `stride` is 0 if all candidates share one logit; `width` is the number of classes. */
DINC_LOCAL int dinc_put_logits(dinc_said *error, float *out, const void *logits, size_t count, size_t stride,
                               size_t width, size_t place, size_t before) {
  for (size_t i = 0; i < count; i++) {
    float logit = dinc_float(logits, i * stride);
    if (!(logit <= 16777216.0f && logit >= -16777216.0f)) {
      char number[DINC_NUMBER_ROOM + 1];
      number[dinc_number_text(number, (double)logit)] = 0;
      dinc_fault(error, DINC_CODE_NO_SCORE, "candidates", (int64_t)(before + i), "has no score: its logit is ");
      dinc_say(error, number);
      dinc_say(error, ", as a number on the way to it is too large, or the model divides by 0");
      return DINC_CODE_NO_SCORE;
    }
    out[i * width + place] = logit;
  }
  return DINC_CODE_OK;
}

/* Copies the numbers of an output: `width` for each of `count` rows. `stride` is 0 if all rows share them. `before` is the index
 * of the first row, or -1. */
DINC_LOCAL int dinc_put_output(dinc_said *error, float *out, const char *rows, const void *values, size_t count,
                               size_t stride, size_t width, int64_t before) {
  for (size_t i = 0; i < count; i++) {
    for (size_t j = 0; j < width; j++) {
      float value = dinc_float(values, i * stride + j);
      if (!(value <= 16777216.0f && value >= -16777216.0f)) {
        char number[DINC_NUMBER_ROOM + 1];
        number[dinc_number_text(number, (double)value)] = 0;
        dinc_fault(error, DINC_CODE_NO_SCORE, rows, before < 0 ? -1 : before + (int64_t)i, "has no output: it is ");
        dinc_say(error, number);
        dinc_say(error, ", as a number on the way to it is too large, or the model divides by 0");
        return DINC_CODE_NO_SCORE;
      }
      out[i * width + j] = value;
    }
  }
  return DINC_CODE_OK;
}

/* The best candidates are in a heap, the worst of them first. */
DINC_LOCAL int dinc_is_worse(const dinc_best *a, const dinc_best *b) {
  return a->order < b->order || (a->order == b->order && a->index > b->index);
}

DINC_LOCAL void dinc_sink(dinc_best *heap, size_t size, size_t at, dinc_best one) {
  for (size_t child = 2 * at + 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && dinc_is_worse(heap + child + 1, heap + child)) child++;
    if (!dinc_is_worse(heap + child, &one)) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = one;
}

/* Offers a candidate to the `k` best so far, the worst of which is first. */
DINC_LOCAL void dinc_offer(dinc_best *heap, size_t *size, size_t k, dinc_best one) {
  if (*size < k) {
    heap[(*size)++] = one;
    if (*size == k) for (size_t i = k / 2; i-- > 0;) dinc_sink(heap, k, i, heap[i]);
  } else if (k > 0 && dinc_is_worse(heap, &one))
    dinc_sink(heap, k, 0, one);
}

/* Sorts the best candidates, the best first. */
DINC_LOCAL void dinc_sort_best(dinc_best *heap, size_t size) {
  for (size_t i = size / 2; i-- > 0;) dinc_sink(heap, size, i, heap[i]);
  while (size-- > 1) {
    dinc_best worst = heap[0];
    dinc_sink(heap, size, 0, heap[size]);
    heap[size] = worst;
  }
}

/* Offers the best of other candidates, too. */
DINC_LOCAL void dinc_join_best(dinc_best *best, size_t *found, size_t k, const dinc_best *others, size_t count) {
  if (*found == k) for (size_t i = k / 2; i-- > 0;) dinc_sink(best, k, i, best[i]);
  for (size_t i = 0; i < count; i++) dinc_offer(best, found, k, others[i]);
  dinc_sort_best(best, *found);
}

/* An attention over a history: the history's number and name, the place in the spec, and whether its weights are shares. */
typedef struct {
  int index;
  const char *history, *code;
  int head, are_shares;
} dinc_attention;

/* Multiplies weights [n, steps] by the numbers at `column` of x [rows, width], which has `each` rows for each candidate, or
 * for all of them together. */
DINC_LOCAL void dinc_weigh_steps(float *weights, size_t steps, size_t n, const void *x, size_t each, size_t width,
                                 size_t column, int by_candidate) {
  for (size_t i = 0; i < n; i++)
    for (size_t t = 0; t < steps; t++)
      weights[i * steps + t] *= dinc_float(x, ((by_candidate ? i * each : 0) + t) * width + column);
}

DINC_LOCAL double dinc_match(const void *q, size_t query, const void *k, size_t key, size_t in_head, double scale) {
  double score = 0;
  for (size_t j = 0; j < in_head; j++) score += (double)dinc_float(q, query + j) * (double)dinc_float(k, key + j);
  return score * scale;
}

/* The weights within attention: softmax(scale * q k) of one head, for the query at `asking` of `queries`, which sees all keys. */
DINC_LOCAL void dinc_ask_steps(float *weights, size_t steps, size_t n, const void *q, size_t queries, size_t asking,
                               int q_by_candidate, const void *k, size_t keys, int k_by_candidate, size_t width,
                               size_t heads, size_t head, double scale) {
  size_t in_head = width / heads;
  for (size_t i = 0; i < n; i++) {
    size_t query = ((q_by_candidate ? i * queries : 0) + asking) * width + head * in_head;
    size_t first = (k_by_candidate ? i * keys : 0) * width + head * in_head;
    double largest = -__builtin_inf(), sum = 0;
    for (size_t t = 0; t < keys; t++) {
      double match = dinc_match(q, query, k, first + t * width, in_head, scale);
      if (match > largest) largest = match;
    }
    for (size_t t = 0; t < keys; t++) sum += dinc_exp(dinc_match(q, query, k, first + t * width, in_head, scale) - largest);
    for (size_t t = 0; t < steps; t++)
      weights[i * steps + t] =
          (float)(dinc_exp(dinc_match(q, query, k, first + t * width, in_head, scale) - largest) / sum);
  }
}
