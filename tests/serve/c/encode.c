/*
 * Encodes requests by the tables in encoders.c: `encode FILE`, which `encoded.ts` writes. Prints a line for each: `V` and
 * the bits of all inputs, or `E` and the message. All that a request holds is in memory of its own, of exactly its size,
 * so that a sanitizer sees each byte that is read beyond it.
 */
/* As in a module of one file. */
#define DINC_FUNCTION static __attribute__((unused))
#include "encoders.c"

typedef struct place {
  uint32_t per;   /* 0 the request, 1 its candidates, 2 + i the steps of part i. */
  uint32_t width; /* Numbers of a row; 0 for a set. */
  uint32_t set;
  uint32_t max;
} place;

static unsigned char *file;
static size_t at;

static void *allocated(size_t size) {
  void *memory = malloc(size == 0 ? 1 : size);
  if (memory == NULL) exit(3);
  return memory;
}

static void take(void *out, size_t size) {
  memcpy(out, file + at, size);
  at += size;
}

static uint32_t word(void) {
  uint32_t value;
  take(&value, sizeof value);
  return value;
}

static void *bytes(size_t size) {
  void *memory = allocated(size);
  if (size > 0) take(memory, size);
  return memory;
}

static void read_value(dinc_value *value) {
  memset(value, 0, sizeof *value);
  value->type = (dinc_type)word();
  switch (value->type) {
    case DINC_NUMBER: take(&value->of.number, 8); break;
    case DINC_INTEGER: take(&value->of.integer, 8); break;
    case DINC_BOOLEAN: value->of.boolean = (int)word(); break;
    case DINC_TEXT:
      value->length = word();
      value->of.text = bytes(value->length);
      break;
    case DINC_LIST: {
      value->length = word();
      dinc_value *values = allocated(value->length * sizeof *values);
      for (size_t i = 0; i < value->length; i++) read_value(&values[i]);
      value->of.values = values;
      break;
    }
    case DINC_FLOATS:
      value->length = word();
      value->of.floats = bytes(4 * value->length);
      break;
    case DINC_DOUBLES:
      value->length = word();
      value->of.doubles = bytes(8 * value->length);
      break;
    default: break;
  }
}

static void free_value(const dinc_value *value) {
  if (value->type == DINC_LIST)
    for (size_t i = 0; i < value->length; i++) free_value(&value->of.values[i]);
  if (value->type == DINC_TEXT || value->type == DINC_LIST || value->type == DINC_FLOATS ||
      value->type == DINC_DOUBLES)
    free((void *)(uintptr_t)value->of.text);
}

static void read_rows(dinc_rows *rows, const dinc_part *part) {
  rows->type = (dinc_type)word();
  rows->count = word();
  dinc_value *values = allocated(rows->count * part->field_count * sizeof *values);
  for (size_t i = 0; i < rows->count * part->field_count; i++) read_value(&values[i]);
  rows->values = values;
}

static void free_rows(const dinc_rows *rows, const dinc_part *part) {
  for (size_t i = 0; i < rows->count * part->field_count; i++) free_value(&rows->values[i]);
  free((void *)(uintptr_t)rows->values);
}

static dinc_problem encode(const dinc_inputs *inputs, const dinc_fitted *fitted, const place *places,
                           const dinc_request *request, const dinc_rows *candidates, dinc_error *error) {
  dinc_steps *steps = allocated(inputs->part_count * sizeof *steps);
  void **of = calloc(inputs->place_count + 1, sizeof *of);
  uint32_t *elements = calloc(inputs->set_count + 1, sizeof *elements);
  uint32_t *scratch = allocated(4 * (size_t)inputs->scratch);
  const dinc_places out = {of, elements, scratch};
  memset(scratch, 0xa5, 4 * (size_t)inputs->scratch);
  dinc_problem problem = dinc_open_request(inputs, request, steps, error);
  if (problem == DINC_FINE) problem = dinc_open_candidates(inputs, candidates, error);
  if (problem == DINC_FINE) {
    for (uint32_t i = 0; i < inputs->place_count; i++) {
      const place *each = &places[i];
      const size_t rows = each->per == 0 ? 1 : each->per == 1 ? candidates->count : steps[each->per - 2].count;
      of[i] = allocated(4 * rows * (each->width > 0 ? each->width : each->max));
    }
    problem = dinc_read_request(inputs, fitted, request, steps, &out, error);
    if (problem == DINC_FINE)
      problem = dinc_read_candidates(inputs, fitted, candidates, 0, candidates->count, &out, error);
  }
  if (problem == DINC_FINE) {
    printf("V");
    for (uint32_t i = 0; i < inputs->place_count; i++) {
      const place *each = &places[i];
      const size_t rows = each->per == 0 ? 1 : each->per == 1 ? candidates->count : steps[each->per - 2].count;
      const size_t count = each->width > 0 ? rows * each->width : elements[each->set];
      const uint32_t *values = of[i];
      printf("|");
      for (size_t j = 0; j < count; j++) printf("%s%x", j == 0 ? "" : " ", (unsigned)values[j]);
    }
    printf("\n");
  }
  for (uint32_t i = 0; i < inputs->place_count; i++) free(of[i]);
  free(of);
  free(steps);
  free(elements);
  free(scratch);
  return problem;
}

/* The bits of a number's logarithm, and its text. */
static void print_functions(void) {
  double x;
  char text[DINC_NUMBER_ROOM];
  take(&x, sizeof x);
  const int length = (int)dinc_number_text(text, x);
  printf("%016llx %.*s\n", (unsigned long long)dinc_bits(x < 0 ? x : dinc_log1p(x)), length, text);
}

int main(int argc, char **argv) {
  FILE *input = argc > 1 ? fopen(argv[1], "rb") : NULL;
  if (input == NULL) return 2;
  fseek(input, 0, SEEK_END);
  const size_t size = (size_t)ftell(input);
  rewind(input);
  file = allocated(size);
  if (fread(file, 1, size, input) != size) return 2;
  fclose(input);
  const size_t tables = sizeof all / sizeof *all;
  void *blocks[sizeof all / sizeof *all];
  place *places[sizeof all / sizeof *all];
  dinc_fitted fitted[sizeof all / sizeof *all];
  for (size_t i = 0; i < tables; i++) {
    const uint32_t length = word();
    blocks[i] = bytes(length);
    places[i] = bytes(all[i]->place_count * sizeof **places);
    if (!dinc_open_fitted(all[i], blocks[i], length, &fitted[i])) {
      fprintf(stderr, "block %d is refused\n", (int)i);
      return 1;
    }
  }
  while (at < size) {
    const uint32_t table = word();
    if (table == UINT32_MAX) {
      print_functions();
      continue;
    }
    const dinc_inputs *inputs = all[table];
    dinc_request request;
    dinc_rows candidates;
    dinc_error error;
    request.history = (dinc_type)word();
    dinc_rows *parts = allocated(inputs->part_count * sizeof *parts);
    for (uint32_t i = 0; i < inputs->part_count; i++) read_rows(&parts[i], &inputs->parts[i]);
    request.parts = parts;
    read_rows(&candidates, &inputs->candidates);
    if (encode(inputs, &fitted[table], places[table], &request, &candidates, &error) != DINC_FINE) {
      const size_t length = dinc_error_text(inputs, &error, NULL, 0);
      char *text = allocated(length + 1);
      if (dinc_error_text(inputs, &error, text, length + 1) != length || strlen(text) != length) return 4;
      printf("E%s\n", text);
      free(text);
    }
    for (uint32_t i = 0; i < inputs->part_count; i++) free_rows(&parts[i], &inputs->parts[i]);
    free(parts);
    free_rows(&candidates, &inputs->candidates);
  }
  for (size_t i = 0; i < tables; i++) {
    free(blocks[i]);
    free(places[i]);
  }
  free(file);
  return 0;
}
