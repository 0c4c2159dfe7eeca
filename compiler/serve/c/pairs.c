
/* Sets whose values have weights: lists of pairs of a value and its weight. */

/* Writes the ids and weights of a set, and returns how many; the error's problem tells whether a pair was refused. */
static uint32_t dinc_read_pairs(const dinc_feature *feature, const dinc_fitted *fitted, const dinc_value *list,
                                uint32_t *ids, float *weights, uint32_t *scratch, dinc_error *error) {
  const uint64_t most = list->length < feature->max ? list->length : feature->max;
  dinc_seen seen = dinc_none_seen(scratch, most);
  double *exact = (double *)(void *)(scratch + 2 * ((size_t)seen.mask + 1));
  double sum = 0;
  uint32_t count = 0;
  seen.in_pairs = 1;
  for (size_t i = 0; i < list->length && count < feature->max; i++) {
    const dinc_value *pair = &list->of.values[i];
    error->item = (int64_t)i;
    if (pair->type != DINC_LIST || pair->length != 2) {
      error->problem = DINC_NOT_A_PAIR;
      return count;
    }
    const dinc_value *weight = &pair->of.values[1];
    const double x = weight->type == DINC_NUMBER    ? weight->of.number
                     : weight->type == DINC_INTEGER ? (double)weight->of.integer
                                                    : (double)NAN;
    if (!isfinite((float)x) || (feature->of_mean && x < 0)) {
      error->problem = isfinite((float)x) ? DINC_NEGATIVE_WEIGHT : DINC_NOT_A_WEIGHT;
      return count;
    }
    if (!dinc_is_new(&seen, list, i)) continue;
    const uint32_t id = dinc_id_of(feature, fitted, &pair->of.values[0]);
    if (id == DINC_NOT_AN_ID_OF_ANY) {
      dinc_why_no_id(feature, fitted, &pair->of.values[0], error);
      return count;
    }
    ids[count] = id;
    exact[count++] = x;
    sum += x;
  }
  error->item = DINC_NONE;
  if (!feature->of_mean || sum == 0) sum = 1;
  for (uint32_t i = 0; i < count; i++) weights[i] = (float)(exact[i] / sum);
  return count;
}
