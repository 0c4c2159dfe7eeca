/*
 * Encodes raw values by a table of inputs, as inputs.h says. The other files of this folder are parts of this one: a
 * generated module carries them as one file.
 */
#include "inputs.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__FAST_MATH__)
#error "Encoded values have the bits of training without -ffast-math only."
#endif
#if FLT_EVAL_METHOD != 0
#error "Numbers must be computed in their own width: compile with -msse2 -mfpmath=sse."
#endif
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Weights are little-endian, and are not copied."
#endif
/* A multiply-add that rounds once would change the last bit of a logarithm. */
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC push_options
#pragma GCC optimize("fp-contract=off")
#endif

/* The id of a value unknown to training, and of the first known one. 0 is padding. */
#define DINC_UNKNOWN 1u
#define DINC_FIRST_KNOWN 2u

#include "text.c"
#include "hashing.c"
#include "fitted.c"
#include "numbers.c"
#include "times.c"
#include "ids.c"
#ifdef DINC_HAS_WORDS
#include "words.c"
#endif
#ifdef DINC_HAS_PAIRS
#include "pairs.c"
#endif
#include "padding.c"
#include "errors.c"

static dinc_problem dinc_refuse_rows(dinc_error *error, int32_t part, dinc_problem problem) {
  error->part = part;
  return error->problem = problem;
}

/* The empty error. */
static void dinc_begin(dinc_error *error) {
  *error = (dinc_error){DINC_FINE, DINC_NONE, DINC_NONE, DINC_NONE, DINC_NONE, 0, 0, DINC_NONE, DINC_NONE};
}

DINC_FUNCTION dinc_problem dinc_open_request(const dinc_inputs *inputs, const dinc_request *request,
                                             dinc_steps *steps, dinc_error *error) {
  dinc_begin(error);
  for (uint32_t i = 0; i < inputs->part_count; i++) {
    const dinc_part *part = &inputs->parts[i];
    const dinc_rows *rows = &request->parts[i];
    const int32_t number = (int32_t)i;
    if (!part->is_history) {
      if (rows->type == DINC_MISSING) return dinc_refuse_rows(error, number, DINC_IS_MISSING);
      if (rows->type != DINC_OBJECT) return dinc_refuse_rows(error, number, DINC_NOT_AN_OBJECT);
      steps[i].from = 0;
      steps[i].count = 1;
      continue;
    }
    if (request->history != DINC_OBJECT)
      return dinc_refuse_rows(error, DINC_NONE,
                              request->history == DINC_MISSING ? DINC_IS_MISSING : DINC_NOT_AN_OBJECT);
    if (rows->type == DINC_MISSING) return dinc_refuse_rows(error, number, DINC_LIST_IS_MISSING);
    if (rows->type != DINC_LIST) return dinc_refuse_rows(error, number, DINC_NOT_AN_ARRAY);
    steps[i].from = 0;
    steps[i].count = rows->count;
    if (part->filling != NULL) steps[i] = dinc_own_steps(part, rows);
    if (steps[i].count > part->max) {
      steps[i].from += steps[i].count - part->max;
      steps[i].count = part->max;
    }
  }
  return DINC_FINE;
}

DINC_FUNCTION dinc_problem dinc_open_candidates(const dinc_inputs *inputs, const dinc_rows *candidates,
                                                dinc_error *error) {
  const int32_t part = (int32_t)inputs->part_count;
  dinc_begin(error);
  if (candidates->type == DINC_MISSING) return dinc_refuse_rows(error, part, DINC_LIST_IS_MISSING);
  if (candidates->type != DINC_LIST) return dinc_refuse_rows(error, part, DINC_NOT_AN_ARRAY);
  return DINC_FINE;
}

/* Reads the set of one row into `ids`, and the weights of its values if they have some; returns how many. */
static uint32_t dinc_read_set(const dinc_feature *feature, const dinc_fitted *fitted, const dinc_value *value,
                              uint32_t *ids, float *weights, const dinc_places *places, dinc_error *error) {
  (void)weights;
  if (feature->set == DINC_SET || feature->set == DINC_WEIGHTED) {
#ifdef DINC_HAS_PAIRS
    if (value->type == DINC_LIST && feature->set == DINC_WEIGHTED)
      return dinc_read_pairs(feature, fitted, value, ids, weights, places->scratch, error);
#endif
    if (value->type == DINC_LIST) return dinc_read_list(feature, fitted, value, ids, places->scratch, error);
    error->problem = dinc_is_absent(value) ? DINC_LIST_IS_MISSING : DINC_NOT_AN_ARRAY;
    return 0;
  }
  if (feature->set == DINC_LEVELS) return dinc_read_codes(feature, fitted, value, ids, places->scratch, error);
#ifdef DINC_HAS_WORDS
  if (value->type == DINC_TEXT) return dinc_read_words(feature, value, ids, places->scratch);
#endif
  error->problem = dinc_is_absent(value) ? DINC_TEXT_IS_MISSING : DINC_NOT_A_STRING;
  return 0;
}

/* Reads one value, of row `row` of those that are read; the error's problem tells whether it was refused. */
static void dinc_read_value(const dinc_input *input, const dinc_fitted *fitted, const dinc_value *value, size_t row,
                            const dinc_places *places, dinc_error *error) {
  const dinc_feature *feature = input->feature;
  if (feature->set != DINC_ONE) {
    uint32_t *elements = &places->elements[input->set];
    uint32_t *rows = (uint32_t *)places->of[input->rows] + *elements;
    uint32_t *ids = (uint32_t *)places->of[input->place] + *elements;
    float *weights = feature->set == DINC_WEIGHTED ? (float *)places->of[input->weights] + *elements : NULL;
    const uint32_t count = dinc_read_set(feature, fitted, value, ids, weights, places, error);
    for (uint32_t i = 0; i < count; i++) rows[i] = (uint32_t)row;
    *elements += count;
    return;
  }
  float *numbers = (float *)places->of[input->place];
  switch (feature->kind) {
    case DINC_NUMBERS: {
      const double x = dinc_exact(feature, fitted, value);
      if (isnan(x)) dinc_why_no_number(feature, fitted, value, error);
      else numbers[row] = (float)x;
      return;
    }
    case DINC_VECTOR:
      if (!dinc_read_vector(feature, value, numbers + row * feature->size)) dinc_why_no_vector(feature, value, error);
      return;
    case DINC_TIME:
      if (!dinc_read_time(feature, value, numbers + 2 * row)) dinc_why_no_time(value, error);
      return;
    default: {
      const uint32_t id = dinc_id_of(feature, fitted, value);
      if (id == DINC_NOT_AN_ID_OF_ANY) dinc_why_no_id(feature, fitted, value, error);
      else ((uint32_t *)places->of[input->place])[row] = id;
    }
  }
}

/* Reads `count` rows of a part, from `from` on, input by input. */
static dinc_problem dinc_read_part(const dinc_part *part, int32_t number, const dinc_fitted *fitted,
                                   const dinc_rows *rows, size_t from, size_t count, const dinc_places *places,
                                   dinc_error *error) {
  for (uint32_t i = 0; i < part->input_count; i++) {
    const dinc_input *input = &part->inputs[i];
    if (input->feature->set != DINC_ONE) places->elements[input->set] = 0;
    for (size_t row = 0; row < count; row++) {
      const dinc_value *value = &rows->values[(from + row) * part->field_count + input->field];
      dinc_read_value(input, fitted, value, row, places, error);
      if (error->problem == DINC_FINE) continue;
      error->part = number;
      error->row = rows->type == DINC_LIST ? (int64_t)(from + row) : DINC_NONE;
      error->field = (int32_t)input->field;
      if (value->type == DINC_NO_RECORD) {
        error->problem = DINC_NOT_AN_OBJECT;
        error->field = DINC_NONE;
      }
      return error->problem;
    }
  }
  return DINC_FINE;
}

/* Checks that no step is later than its request: training had no such steps. */
static dinc_problem dinc_check_past(const dinc_inputs *inputs, const dinc_steps *steps, const dinc_places *places,
                                    dinc_error *error) {
  for (uint32_t i = 0; i < inputs->past_count; i++) {
    const dinc_past *past = &inputs->pasts[i];
    const float *times = (const float *)places->of[past->place];
    const float *now = (const float *)places->of[past->now];
    for (size_t step = 0; step < steps[past->part].count; step++) {
      const double days = (double)times[2 * step] - (double)now[0];
      const double after = DINC_DAY_SECONDS * days + (double)times[2 * step + 1] - (double)now[1];
      if (!(after > 0)) continue;
      error->past = (int32_t)i;
      error->part = (int32_t)past->part;
      error->field = (int32_t)past->field;
      error->row = (int64_t)(steps[past->part].from + step);
      error->number = after;
      return error->problem = DINC_IS_LATER;
    }
  }
  return DINC_FINE;
}

DINC_FUNCTION dinc_problem dinc_read_request(const dinc_inputs *inputs, const dinc_fitted *fitted,
                                             const dinc_request *request, const dinc_steps *steps,
                                             const dinc_places *places, dinc_error *error) {
  dinc_begin(error);
  for (uint32_t i = 0; i < inputs->part_count; i++)
    if (dinc_read_part(&inputs->parts[i], (int32_t)i, fitted, &request->parts[i], steps[i].from, steps[i].count,
                       places, error) != DINC_FINE)
      return error->problem;
  if (dinc_check_past(inputs, steps, places, error) != DINC_FINE) return error->problem;
  for (uint32_t i = 0; i < inputs->served_count; i++) {
    const dinc_served *served = &inputs->served[i];
    for (uint32_t j = 0; j < served->count; j++) {
      if (served->is_id) ((uint32_t *)places->of[served->place])[j] = (uint32_t)served->value;
      else ((float *)places->of[served->place])[j] = served->value;
    }
  }
  for (uint32_t i = 0; i < inputs->request_cross_count; i++) {
    const dinc_cross *cross = &inputs->request_crosses[i];
    ((uint32_t *)places->of[cross->place])[0] = dinc_cross_id(cross, places, 0);
  }
  return DINC_FINE;
}

DINC_FUNCTION dinc_problem dinc_read_candidates(const dinc_inputs *inputs, const dinc_fitted *fitted,
                                                const dinc_rows *candidates, size_t from, size_t count,
                                                const dinc_places *places, dinc_error *error) {
  dinc_begin(error);
  if (dinc_read_part(&inputs->candidates, (int32_t)inputs->part_count, fitted, candidates, from, count, places,
                     error) != DINC_FINE)
    return error->problem;
  for (uint32_t i = 0; i < inputs->candidate_cross_count; i++) {
    const dinc_cross *cross = &inputs->candidate_crosses[i];
    uint32_t *ids = (uint32_t *)places->of[cross->place];
    for (size_t row = 0; row < count; row++) ids[row] = dinc_cross_id(cross, places, row);
  }
  return DINC_FINE;
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#endif
