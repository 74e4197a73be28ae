/* One way to write a day, so that nobody takes the fourth of May for the fifth of April, and no word for a day. */
#include "case/day.h"

#include <string.h>
#include <time.h>

bool np_case_read_day(const char *text, int64_t *out_unix_s)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%d", &tm);
    char again[16];
    if (!end || *end)
        return false;
    time_t day = timegm(&tm); /* the 30th of February becomes the 2nd of March, and is none */
    if (!gmtime_r(&day, &tm) || strftime(again, sizeof again, "%Y-%m-%d", &tm) == 0 || strcmp(again, text) != 0)
        return false;
    *out_unix_s = (int64_t)day;
    return true;
}
