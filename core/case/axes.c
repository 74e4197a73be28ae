/* "+x", "-z": the one reader of axes, for the case file and for the scan itself. */
#include "case/axes.h"

static bool parse_axis(const char *text, np_vec3 *out)
{
    if (!text || (text[0] != '+' && text[0] != '-') || text[1] < 'x' || text[1] > 'z' || text[2])
        return false;
    double sign = text[0] == '+' ? 1 : -1;
    *out = np_vec3_make(text[1] == 'x' ? sign : 0, text[1] == 'y' ? sign : 0, text[1] == 'z' ? sign : 0);
    return true;
}

np_status np_case_axes_read(const np_case_scan *scan, const char *where, np_vec3 out_axes[3], bool *out_given,
                            np_error *err)
{
    static const char *const names[3] = {"anterior", "left", "up"};
    const char *texts[3] = {scan->axis_anterior, scan->axis_left, scan->axis_up};
    *out_given = texts[0] || texts[1] || texts[2];
    for (int i = 0; *out_given && i < 3; i++)
        if (!parse_axis(texts[i], &out_axes[i]))
            return np_error_set(
                err, NP_ERR_INVALID,
                "%s: axes.%s: expected \"+x\", \"-x\", \"+y\", \"-y\", \"+z\" or \"-z\", found %s%.40s%s", where,
                names[i], texts[i] ? "'" : "", texts[i] ? texts[i] : "nothing", texts[i] ? "'" : "");
    if (!*out_given || np_vec3_dot(np_vec3_cross(out_axes[0], out_axes[1]), out_axes[2]) > 0.5)
        return NP_OK;
    return np_error_set(
        err, NP_ERR_INVALID,
        "%s: axes: anterior %s, left %s and up %s are not three different axes that form a right-handed "
        "frame (anterior x left = up); check which way each of them points",
        where, texts[0], texts[1], texts[2]);
}
