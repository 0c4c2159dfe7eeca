/* Times: what a zone's clock shows, and instants. All offsets of the zone are in the table. */

/* The years from 1990 to 2099 in seconds since 1970: a number is a time of these years in at most one unit. */
#define DINC_FIRST_SECOND 631152000.0
#define DINC_END_SECOND 4102444800.0
#define DINC_DAY_SECONDS 86400.0
/* The days from 1970 to 2000. */
#define DINC_DAYS_BEFORE 10957.0

/* NaN if the number isn't a time from 1990 to 2099 in any unit. */
static double dinc_seconds_of(double count) {
  static const double units[] = {1, 1e3, 1e6, 1e9};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (count >= DINC_FIRST_SECOND * units[i] && count < DINC_END_SECOND * units[i]) return count / units[i];
  return NAN;
}

static int dinc_is_time(double instant) {
  return instant >= DINC_FIRST_SECOND && instant < DINC_END_SECOND;
}

/* The local time at an instant, in seconds since 1970 on that clock; without a zone the instant itself. */
static double dinc_clock_at(const dinc_feature *feature, double instant) {
  if (!dinc_is_time(instant)) return NAN;
  if (feature->offsets == NULL) return instant;
  uint32_t low = 0;
  uint32_t high = feature->change_count;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if ((double)feature->changes[middle] <= instant) low = middle + 1;
    else high = middle;
  }
  return instant + (double)feature->offsets[low];
}

static int dinc_is_digit(unsigned char byte) {
  return byte >= '0' && byte <= '9';
}

/* The end of the digits from `at` on. */
static size_t dinc_after_digits(const unsigned char *text, size_t length, size_t at) {
  while (at < length && dinc_is_digit(text[at])) at++;
  return at;
}

/* Whether it is a number of 9 to 19 digits, perhaps with a fraction. */
static int dinc_is_count(const unsigned char *text, size_t length) {
  const size_t whole = dinc_after_digits(text, length, 0);
  if (whole < 9 || whole > 19) return 0;
  if (whole == length) return 1;
  return text[whole] == '.' && whole + 1 < length && dinc_after_digits(text, length, whole + 1) == length;
}

/* Reads `count` digits at *at, which is moved beyond them; -1 if they aren't digits. */
static int dinc_digits(const unsigned char *text, size_t length, size_t *at, size_t count) {
  int number = 0;
  if (count > length - *at) return -1;
  for (size_t i = 0; i < count; i++, (*at)++) {
    if (!dinc_is_digit(text[*at])) return -1;
    number = 10 * number + (text[*at] - '0');
  }
  return number;
}

static int dinc_takes(const unsigned char *text, size_t length, size_t *at, char byte) {
  if (*at == length || text[*at] != (unsigned char)byte) return 0;
  (*at)++;
  return 1;
}

/* The days from 1970 to a date of the Gregorian calendar. */
static int64_t dinc_days(int64_t year, int month, int day) {
  const int64_t y = month <= 2 ? year - 1 : year;
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const int64_t of_era = y - era * 400;
  const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* From 0 for January, of a day since 1970. */
static int dinc_month_of(int64_t days) {
  const int64_t z = days + 719468;
  const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const int64_t of_era = z - era * 146097;
  const int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const int month = (int)((5 * of_year + 2) / 153);
  return month < 10 ? month + 2 : month - 10;
}

static int dinc_days_in(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0) ? 29 : days[month - 1];
}

/* The local time of a text in ISO 8601; NaN if it isn't one. */
static double dinc_time_of_text(const dinc_feature *feature, const unsigned char *text, size_t length) {
  size_t at = 0;
  const int year = dinc_digits(text, length, &at, 4);
  if (year < 0 || !dinc_takes(text, length, &at, '-')) return NAN;
  const int month = dinc_digits(text, length, &at, 2);
  if (month < 1 || month > 12 || !dinc_takes(text, length, &at, '-')) return NAN;
  const int day = dinc_digits(text, length, &at, 2);
  if (day < 1 || day > dinc_days_in(year, month)) return NAN;
  const double midnight = DINC_DAY_SECONDS * (double)dinc_days(year, month, day);
  /* A date alone is a day of the zone. */
  if (at == length) return dinc_is_time(midnight) ? midnight : NAN;
  if (!dinc_takes(text, length, &at, 'T') && !dinc_takes(text, length, &at, ' ')) return NAN;
  const int hour = dinc_digits(text, length, &at, 2);
  if (hour < 0 || hour > 23 || !dinc_takes(text, length, &at, ':')) return NAN;
  const int minute = dinc_digits(text, length, &at, 2);
  if (minute < 0 || minute > 59) return NAN;
  int second = 0;
  if (dinc_takes(text, length, &at, ':')) {
    second = dinc_digits(text, length, &at, 2);
    if (second < 0 || second > 59) return NAN;
    if (dinc_takes(text, length, &at, '.')) {
      const size_t end = dinc_after_digits(text, length, at);
      if (end == at) return NAN;
      at = end;
    }
  }
  double ahead = 0;
  const int is_ahead = dinc_takes(text, length, &at, '+');
  if (is_ahead || dinc_takes(text, length, &at, '-')) {
    const int hours = dinc_digits(text, length, &at, 2);
    if (hours < 0 || hours > 23) return NAN;
    int minutes = 0;
    const int has_colon = dinc_takes(text, length, &at, ':');
    if (has_colon || at < length) minutes = dinc_digits(text, length, &at, 2);
    if (minutes < 0 || minutes > 59) return NAN;
    ahead = (is_ahead ? 1 : -1) * (3600.0 * hours + 60.0 * minutes);
  } else dinc_takes(text, length, &at, 'Z');
  if (at != length) return NAN;
  return dinc_clock_at(feature, midnight + 3600.0 * hour + 60.0 * minute + second - ahead);
}

/* The local time of a value in the zone of the feature; NaN if it isn't a time. */
static double dinc_clock_of(const dinc_feature *feature, const dinc_value *value) {
  double x;
  if (dinc_number_of(value, &x)) return dinc_clock_at(feature, dinc_seconds_of(x));
  if (value->type != DINC_TEXT) return NAN;
  const unsigned char *text = (const unsigned char *)value->of.text;
  return dinc_is_count(text, value->length)
             ? dinc_clock_at(feature, dinc_seconds_of(dinc_decimal(text, value->length)))
             : dinc_time_of_text(feature, text, value->length);
}

/* What the clock shows, from 0; -1 if the value isn't a time. */
static int dinc_shown(const dinc_feature *feature, const dinc_value *value) {
  const double clock = dinc_clock_of(feature, value);
  if (isnan(clock)) return -1;
  const double day = floor(clock / DINC_DAY_SECONDS);
  const int hour = (int)floor((clock - day * DINC_DAY_SECONDS) / 3600);
  /* 1970 began on a Thursday. */
  const int weekday = (int)(((int64_t)day + 3) % 7);
  switch (feature->kind) {
    case DINC_HOUR: return hour;
    case DINC_WEEKDAY: return weekday;
    case DINC_HOUR_OF_WEEK: return 24 * weekday + hour;
    /* A date of JavaScript has whole milliseconds. */
    default: return dinc_month_of((int64_t)floor(trunc(clock * 1000) / (1000 * DINC_DAY_SECONDS)));
  }
}

/* Writes two numbers; returns 0 if the value isn't a time. */
static int dinc_read_time(const dinc_feature *feature, const dinc_value *value, float *out) {
  const double seconds = floor(dinc_clock_of(feature, value));
  if (isnan(seconds)) return 0;
  const double day = floor(seconds / DINC_DAY_SECONDS);
  out[0] = (float)(day - DINC_DAYS_BEFORE);
  out[1] = (float)(seconds - day * DINC_DAY_SECONDS);
  return 1;
}

static void dinc_why_no_time(const dinc_value *value, dinc_error *error) {
  error->problem = dinc_is_absent(value) ? DINC_IS_MISSING : DINC_NOT_A_TIME;
}
