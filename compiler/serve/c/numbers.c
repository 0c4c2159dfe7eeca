/* Numbers: transforms, buckets, vectors. In 64 bits, each operation rounded by itself. */

/* Numbers at least this large round to infinite floats of 32 bits. */
#define DINC_FLOAT_END 340282356779733661637539395458142568448.0

/* Whether a 32-bit float can hold a number. */
static int dinc_is_in_range(double x) {
  return x > -DINC_FLOAT_END && x < DINC_FLOAT_END;
}

static int64_t dinc_bits(double x) {
  int64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

/*
 * ln(1 + x) for x >= 0, bit for bit as V8 computes it (fdlibm: Copyright 1993 by Sun Microsystems, Inc., free to use,
 * copy, modify and distribute), which the C library's may differ from.
 */
static double dinc_log1p(double x) {
  const double ln2_high = 6.93147180369123816490e-01;
  const double ln2_low = 1.90821492927058770002e-10;
  static const double factors[] = {1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01,
                                   2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01,
                                   6.666666666666735130e-01};
  const int64_t high = dinc_bits(x) >> 32;
  double f = x;
  double c = 0;
  int64_t k = 0;
  int64_t rest = 1;
  if (high >= 0x7ff00000) return x;
  if (high < 0x3e200000) return high < 0x3c900000 ? x : x - x * x * 0.5;
  if (high >= 0x3fda827a) {
    const double u = high < 0x43400000 ? 1.0 + x : x;
    int64_t bits = dinc_bits(u);
    k = (bits >> 52) - 1023;
    if (high < 0x43400000) c = (k > 0 ? 1.0 - (u - x) : x - (u - 1.0)) / u;
    rest = (bits >> 32) & 0xfffff;
    const int is_below = rest < 0x6a09e;
    bits = ((is_below ? INT64_C(0x3ff) : INT64_C(0x3fe)) << 52) | (bits & INT64_C(0xfffffffffffff));
    if (!is_below) {
      k++;
      rest = (0x100000 - rest) >> 2;
    }
    memcpy(&f, &bits, sizeof f);
    f -= 1.0;
  }
  const double power = (double)k;
  const double half = 0.5 * f * f;
  if (rest == 0) {
    if (f == 0) return power * ln2_high + (c + power * ln2_low);
    const double r = half * (1.0 - 0.66666666666666666 * f);
    return power * ln2_high - ((r - (power * ln2_low + c)) - f);
  }
  const double s = f / (2.0 + f);
  const double z = s * s;
  double r = 0;
  for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) r = factors[i] + z * r;
  r = s * (half + z * r);
  if (k == 0) return f - (half - r);
  return power * ln2_high - ((half - (r + (power * ln2_low + c))) - f);
}

/* The greater of two numbers as JavaScript's Math.max has it: 0 is greater than -0. */
static double dinc_max(double a, double b) {
  if (isnan(a) || isnan(b)) return NAN;
  return a == b && a == 0 ? a + b : a > b ? a : b;
}

static double dinc_min(double a, double b) {
  return -dinc_max(-a, -b);
}

/* NaN if the number is outside the transform's domain. */
static double dinc_apply(const dinc_step *step, const dinc_fitted *fitted, double x) {
  const double *list = step->list == DINC_NONE ? NULL : dinc_list(fitted, step->list);
  const double a = list == NULL ? step->a : list[0];
  const double b = list == NULL ? step->b : list[1];
  switch (step->kind) {
    case DINC_LOG1P: return x < 0 ? NAN : isnan(x) ? x : dinc_log1p(x);
    case DINC_STANDARDIZE:
    case DINC_MIN_MAX: return (x - a) / b;
    case DINC_CLIP: return dinc_min(dinc_max(x, a), b);
  }
  return NAN;
}

static int dinc_is_absent(const dinc_value *value) {
  return value->type == DINC_MISSING || value->type == DINC_NULL || value->type == DINC_NO_RECORD;
}

/* Gives the number that a value is; 0 if it isn't one. */
static int dinc_number_of(const dinc_value *value, double *x) {
  if (value->type == DINC_NUMBER) *x = value->of.number;
  else if (value->type == DINC_INTEGER) *x = (double)value->of.integer;
  else return 0;
  return 1;
}

/* A feature's number before it is rounded to 32 bits; NaN if the value is refused. */
static double dinc_exact(const dinc_feature *feature, const dinc_fitted *fitted, const dinc_value *value) {
  double x;
  if (!dinc_number_of(value, &x)) x = dinc_is_absent(value) ? feature->missing : NAN;
  if (!dinc_is_in_range(x)) return NAN;
  for (uint32_t i = 0; i < feature->step_count; i++) x = dinc_apply(&feature->steps[i], fitted, x);
  return dinc_is_in_range(x) ? x : NAN;
}

static void dinc_why_no_number(const dinc_feature *feature, const dinc_fitted *fitted, const dinc_value *value,
                               dinc_error *error) {
  double x;
  if (value->type == DINC_MISSING) {
    error->problem = DINC_IS_MISSING;
    return;
  }
  error->problem = DINC_NOT_A_NUMBER;
  if (!dinc_number_of(value, &x)) return;
  error->number = x;
  error->problem = isnan(x) || isinf(x) ? DINC_NOT_FINITE : DINC_OUT_OF_RANGE;
  if (!dinc_is_in_range(x)) return;
  error->problem = DINC_TRANSFORMED_OUT_OF_RANGE;
  for (uint32_t i = 0; i < feature->step_count; i++) {
    x = dinc_apply(&feature->steps[i], fitted, x);
    if (!isnan(x)) continue;
    error->problem = DINC_OUT_OF_DOMAIN;
    error->step = (int32_t)i;
    return;
  }
}

/* The number of bounds that are at most x. */
static uint32_t dinc_bucket(const double *bounds, uint32_t count, double x) {
  uint32_t low = 0;
  uint32_t high = count;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (bounds[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* ---- Vectors ---- */

static int dinc_is_list(const dinc_value *value) {
  return value->type == DINC_LIST || value->type == DINC_FLOATS || value->type == DINC_DOUBLES;
}

/* Value i of a list. */
static dinc_value dinc_value_at(const dinc_value *list, size_t i) {
  if (list->type == DINC_LIST) return list->of.values[i];
  dinc_value value;
  value.type = DINC_NUMBER;
  value.length = 0;
  value.of.number = list->type == DINC_FLOATS ? (double)list->of.floats[i] : list->of.doubles[i];
  return value;
}

/* Writes `size` numbers; returns 0 if the value is refused. */
static int dinc_read_vector(const dinc_feature *feature, const dinc_value *value, float *out) {
  if (dinc_is_absent(value)) {
    if (!dinc_is_in_range(feature->missing)) return 0;
    for (uint32_t i = 0; i < feature->size; i++) out[i] = (float)feature->missing;
    return 1;
  }
  if (!dinc_is_list(value) || value->length != feature->size) return 0;
  for (uint32_t i = 0; i < feature->size; i++) {
    const dinc_value each = dinc_value_at(value, i);
    double x;
    if (!dinc_number_of(&each, &x) || !dinc_is_in_range(x)) return 0;
    out[i] = (float)x;
  }
  return 1;
}

static void dinc_why_no_vector(const dinc_feature *feature, const dinc_value *value, dinc_error *error) {
  error->width = feature->size;
  error->problem = value->type == DINC_MISSING ? DINC_IS_MISSING : DINC_NOT_A_VECTOR;
  if (!dinc_is_list(value)) return;
  error->problem = DINC_OTHER_WIDTH;
  error->number = (double)value->length;
  if (value->length != feature->size) return;
  for (size_t i = 0; i < value->length; i++) {
    const dinc_value each = dinc_value_at(value, i);
    error->item = (int64_t)i;
    error->problem = DINC_HOLDS_NO_NUMBER;
    if (!dinc_number_of(&each, &error->number)) return;
    error->problem =
        isnan(error->number) || isinf(error->number) ? DINC_HOLDS_NOT_FINITE : DINC_HOLDS_OUT_OF_RANGE;
    if (!dinc_is_in_range(error->number)) return;
  }
}
