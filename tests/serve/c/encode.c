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

#include "requests.c"

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
  if (!open_requests(argc > 1 ? argv[1] : NULL)) return 2;
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
  while (has_request()) {
    const uint32_t table = word();
    if (table == UINT32_MAX) {
      print_functions();
      continue;
    }
    const dinc_inputs *inputs = all[table];
    dinc_request request;
    dinc_rows candidates;
    dinc_error error;
    read_request(inputs, &request, &candidates);
    if (encode(inputs, &fitted[table], places[table], &request, &candidates, &error) != DINC_FINE) {
      const size_t length = dinc_error_text(inputs, &error, NULL, 0);
      char *text = allocated(length + 1);
      if (dinc_error_text(inputs, &error, text, length + 1) != length || strlen(text) != length) return 4;
      printf("E%s\n", text);
      free(text);
    }
    free_request(inputs, &request, &candidates);
  }
  for (size_t i = 0; i < tables; i++) {
    free(blocks[i]);
    free(places[i]);
  }
  close_requests();
  return 0;
}
