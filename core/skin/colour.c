/* Colours as people compare them.  One set of matrices and one white, so that a colour that goes there and back is the same. */
#include "skin/colour.h"

#include <math.h>

#include "base/angle.h"

static const double white[3] = {0.95047, 1.0, 1.08883};

double np_srgb_encode(double linear)
{
    double v = fmin(fmax(linear, 0), 1);
    return v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055;
}

double np_srgb_decode(double encoded)
{
    double v = fmin(fmax(encoded, 0), 1);
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static void multiply(const double m[3][3], const double v[3], double out[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2];
}

void np_colour_rgb_to_xyz(const double rgb[3], double out_xyz[3])
{
    static const double m[3][3] = {
        {0.4124564, 0.3575761, 0.1804375}, {0.2126729, 0.7151522, 0.0721750}, {0.0193339, 0.1191920, 0.9503041}};
    multiply(m, rgb, out_xyz);
}

void np_colour_xyz_to_rgb(const double xyz[3], double out_rgb[3])
{
    static const double m[3][3] = {
        {3.2404542, -1.5371385, -0.4985314}, {-0.9692660, 1.8760108, 0.0415560}, {0.0556434, -0.2040259, 1.0572252}};
    multiply(m, xyz, out_rgb);
}

/* What L*, a* and b* are made of; T is relative to white. */
static double lab_share(double t)
{
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

double np_colour_lightness(double luminance)
{
    return 116 * lab_share(luminance) - 16;
}

np_lab np_colour_xyz_to_lab(const double xyz[3])
{
    double f[3];
    for (int i = 0; i < 3; i++)
        f[i] = lab_share(xyz[i] / white[i]);
    return (np_lab){116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])};
}

void np_colour_lab_to_xyz(np_lab lab, double out_xyz[3])
{
    double y = (lab.l + 16) / 116, f[3] = {y + lab.a / 500, y, y - lab.b / 200};
    for (int i = 0; i < 3; i++) {
        double t = f[i] * f[i] * f[i];
        out_xyz[i] = white[i] * (t > 216.0 / 24389 ? t : (116 * f[i] - 16) * 27 / 24389);
    }
}

np_lab np_colour_rgb_to_lab(const double rgb[3])
{
    double xyz[3];
    np_colour_rgb_to_xyz(rgb, xyz);
    return np_colour_xyz_to_lab(xyz);
}

void np_colour_lab_to_rgb(np_lab lab, double out_rgb[3])
{
    double xyz[3];
    np_colour_lab_to_xyz(lab, xyz);
    np_colour_xyz_to_rgb(xyz, out_rgb);
}

void np_colour_of_light(double kelvin, double out_rgb[3])
{
    double t = 1000 / kelvin, x, y;
    if (kelvin >= 5000) {
        x = kelvin <= 7000 ? 0.244063 + t * (0.09911 + t * (2.9678 - 4.6070 * t))
                           : 0.237040 + t * (0.24748 + t * (1.9018 - 2.0064 * t));
        y = x * (2.870 - 3.000 * x) - 0.275;
    } else {
        x = kelvin <= 4000 ? 0.179910 + t * (0.8776956 + t * (-0.2343589 - 0.2661239 * t))
                           : 0.240390 + t * (0.2226347 + t * (2.1070379 - 3.0258469 * t));
        y = kelvin <= 2222   ? -0.20219683 + x * (2.18555832 + x * (-1.34811020 - 1.1063814 * x))
            : kelvin <= 4000 ? -0.16748867 + x * (2.09137015 + x * (-1.37418593 - 0.9549476 * x))
                             : -0.37001483 + x * (3.75112997 + x * (-5.87338670 + 3.0817580 * x));
    }
    np_colour_xyz_to_rgb((double[3]){x / y, 1, (1 - x - y) / y}, out_rgb);
}

static double cos_deg(double x)
{
    return cos(np_angle_rad(x));
}

static double hue_deg(double a, double b)
{
    double h = np_angle_deg(atan2(b, a));
    return h < 0 ? h + 360 : h;
}

/* Hues that lie exactly opposite each other must not be told apart by rounding. */
#define OPPOSITE_DEG (180 + 1e-9)

static double hue_step_deg(double h1, double h2)
{
    double d = h2 - h1;
    return d > OPPOSITE_DEG ? d - 360 : d < -OPPOSITE_DEG ? d + 360 : d;
}

static double hue_mean_deg(double h1, double h2)
{
    double sum = h1 + h2;
    if (fabs(h1 - h2) <= OPPOSITE_DEG)
        return sum / 2;
    return sum < 360 ? (sum + 360) / 2 : (sum - 360) / 2;
}

/* sqrt(c^7 / (c^7 + 25^7)) */
static double chroma_weight(double c)
{
    double c7 = pow(c, 7);
    return sqrt(c7 / (c7 + 6103515625.0));
}

double np_colour_difference(np_lab p, np_lab q)
{
    double grey = 1 + 0.5 * (1 - chroma_weight((hypot(p.a, p.b) + hypot(q.a, q.b)) / 2));
    double c1 = hypot(grey * p.a, p.b), c2 = hypot(grey * q.a, q.b);
    double h1 = hue_deg(grey * p.a, p.b), h2 = hue_deg(grey * q.a, q.b);
    int no_hue = c1 * c2 == 0;
    double step = no_hue ? 0 : hue_step_deg(h1, h2), h = no_hue ? h1 + h2 : hue_mean_deg(h1, h2);
    double dl = q.l - p.l, dc = c2 - c1, dh = 2 * sqrt(c1 * c2) * sin(np_angle_rad(step / 2));
    double l = (p.l + q.l) / 2 - 50, c = (c1 + c2) / 2;
    double t =
        1 - 0.17 * cos_deg(h - 30) + 0.24 * cos_deg(2 * h) + 0.32 * cos_deg(3 * h + 6) - 0.2 * cos_deg(4 * h - 63);
    double sl = 1 + 0.015 * l * l / sqrt(20 + l * l), sc = 1 + 0.045 * c, sh = 1 + 0.015 * c * t;
    double blue = (h - 275) / 25;
    double rt = -2 * chroma_weight(c) * sin(np_angle_rad(60 * exp(-blue * blue)));
    double x = dl / sl, y = dc / sc, z = dh / sh;
    return sqrt(x * x + y * y + z * z + rt * y * z);
}

static const struct {
    const char *name;
    double ita_from_deg, melanosome;
    np_lab lab;
} classes[NP_SKIN_CLASSES] = {
#define CLASS_ROW(id, name, ita, melanosome, l, a, b) {name, ita, melanosome, {l, a, b}},
    NP_SKIN_CLASS_TABLE(CLASS_ROW)
#undef CLASS_ROW
};

double np_skin_ita_deg(np_lab skin)
{
    return np_angle_deg(atan2(skin.l - 50, skin.b));
}

np_skin_class np_skin_class_of(np_lab skin)
{
    int c = NP_SKIN_LIGHT;
    while (c < NP_SKIN_DARK && np_skin_ita_deg(skin) < classes[c].ita_from_deg)
        c++;
    return (np_skin_class)c;
}

const char *np_skin_class_name(np_skin_class skin)
{
    return classes[skin].name;
}

np_lab np_skin_class_lab(np_skin_class skin)
{
    return classes[skin].lab;
}

double np_skin_class_melanosome(np_skin_class skin)
{
    return classes[skin].melanosome;
}

np_skin_class np_skin_class_between(np_lab skin, double *out_t)
{
    double ita = np_skin_ita_deg(skin), from = 0, to = 0;
    int c = -1;
    do {
        c++;
        from = np_skin_ita_deg(classes[c].lab);
        to = np_skin_ita_deg(classes[c + 1].lab);
    } while (c < NP_SKIN_DARK - 1 && ita < to);
    *out_t = fmin(fmax((from - ita) / (from - to), 0), 1);
    return (np_skin_class)c;
}
