/* What was probably meant by a word that nobody knows. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"

#define WORD_MAX 63

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Number of insertions, deletions, changes and swaps of neighbours between A and B, without regard to case
 * (optimal string alignment: Boytsov 2011, ACM JEA 16, section 2.2). */
static unsigned edit_distance(const char *a, const char *b)
{
    unsigned row[3][WORD_MAX + 1];
    size_t n = strlen(a), m = strlen(b);
    if (n > WORD_MAX || m > WORD_MAX)
        return WORD_MAX;
    for (size_t j = 0; j <= m; j++)
        row[0][j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned *now = row[i % 3], *before = row[(i + 2) % 3], *earlier = row[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            now[j] = least(least(before[j] + 1, now[j - 1] + 1), before[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) && tolower((unsigned char)a[i - 2]) == y)
                now[j] = least(now[j], earlier[j - 2] + 1);
        }
    }
    return row[n % 3][m];
}

const char *np_suggest_name(const char *word, const char *const *names, size_t n)
{
    const char *best = NULL;
    unsigned best_distance = WORD_MAX;
    for (size_t i = 0; i < n; i++) {
        unsigned distance = edit_distance(word, names[i]);
        /* A third of the letters may be wrong and one more, of three letters one, or the word is the beginning of the name ("depth" of
         * "depth_min_mm"). */
        size_t length = strlen(names[i]);
        bool begins = strlen(word) >= 3 && strncmp(word, names[i], strlen(word)) == 0;
        if (begins)
            distance = least(distance, 1);
        if (distance <= (length < 4 ? 1 : 1 + length / 3) && distance < length && distance < best_distance) {
            best = names[i];
            best_distance = distance;
        }
    }
    return best;
}

void np_suggest_list(char *text, size_t size, const char *const *names, size_t n)
{
    size_t used = strlen(text);
    if (n == 0)
        snprintf(text + used, size - used, "none");
    for (size_t i = 0; i < n && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", names[i]);
}
