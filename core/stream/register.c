/* Registration by corresponding points, and what is wrong with points that do not correspond; see register.h. */
#include "stream/register.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Eigenvectors of the symmetric 4x4 matrix A by Jacobi rotations (Golub and Van Loan, Matrix Computations, 8.5): the
 * diagonal of A ends as the eigenvalues, the columns of V as the vectors. */
static void jacobi4(double a[4][4], double v[4][4])
{
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            v[i][j] = i == j;
    for (int sweep = 0; sweep < 30; sweep++) {
        for (int p = 0; p < 3; p++) {
            for (int q = p + 1; q < 4; q++) {
                if (a[p][q] == 0)
                    continue;
                double tau = (a[q][q] - a[p][p]) / (2 * a[p][q]);
                double t = copysign(1, tau) / (fabs(tau) + sqrt(1 + tau * tau));
                double c = 1 / sqrt(1 + t * t), s = t * c;
                for (int k = 0; k < 4; k++) {
                    double kp = a[k][p], kq = a[k][q];
                    a[k][p] = c * kp - s * kq;
                    a[k][q] = s * kp + c * kq;
                }
                for (int k = 0; k < 4; k++) {
                    double pk = a[p][k], qk = a[q][k];
                    a[p][k] = c * pk - s * qk;
                    a[q][k] = s * pk + c * qk;
                    double vp = v[k][p], vq = v[k][q];
                    v[k][p] = c * vp - s * vq;
                    v[k][q] = s * vp + c * vq;
                }
            }
        }
    }
}

typedef struct centred_sets {
    np_vec3 head_mean, arm_mean;
    double s[3][3];                 /* sum of head_i arm_j about the means */
    double head_spread, arm_spread; /* sums of squares about the means */
} centred_sets;

static centred_sets centre(const np_fiducials *f)
{
    centred_sets c = {0};
    for (unsigned i = 0; i < f->n; i++) {
        c.head_mean = np_vec3_mad(c.head_mean, f->points[i].head, 1.0 / f->n);
        c.arm_mean = np_vec3_mad(c.arm_mean, f->points[i].arm, 1.0 / f->n);
    }
    for (unsigned i = 0; i < f->n; i++) {
        np_vec3 h = np_vec3_sub(f->points[i].head, c.head_mean), a = np_vec3_sub(f->points[i].arm, c.arm_mean);
        const double hs[3] = {h.x, h.y, h.z}, as[3] = {a.x, a.y, a.z};
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 3; k++)
                c.s[j][k] += hs[j] * as[k];
        c.head_spread += np_vec3_dot(h, h);
        c.arm_spread += np_vec3_dot(a, a);
    }
    return c;
}

/* How far a set of points is from lying on one line and in one plane, mm. */
typedef struct extent {
    double off_line;  /* the largest distance to the axis through the two that are farthest apart */
    double off_plane; /* the largest distance to the plane through that axis and the point farthest from it */
    unsigned base[3]; /* the two that are farthest apart, and the one farthest from their axis */
} extent;

/* Off a line or a plane, mm: less, and 0.3 mm of measuring error turns the head by degrees. */
static const double LEAST_MM = 10;

static np_vec3 place_of(const np_fiducial *p, bool arm)
{
    return arm ? p->arm : p->head;
}

static extent measure_extent(const np_fiducials *f, bool arm)
{
    np_vec3 first = {0}, axis = {0}, aside = {0};
    double longest = 0;
    extent e = {0};
    for (unsigned i = 0; i < f->n; i++) {
        for (unsigned j = 0; j < i; j++) {
            np_vec3 p = place_of(&f->points[i], arm), q = place_of(&f->points[j], arm);
            if (np_vec3_distance(p, q) > longest) {
                longest = np_vec3_distance(p, q);
                e.base[0] = i;
                e.base[1] = j;
                first = p;
                axis = np_vec3_normalize(np_vec3_sub(q, p));
            }
        }
    }
    for (unsigned i = 0; i < f->n; i++) {
        np_vec3 off = np_vec3_reject(np_vec3_sub(place_of(&f->points[i], arm), first), axis);
        if (np_vec3_length(off) > e.off_line) {
            e.off_line = np_vec3_length(off);
            e.base[2] = i;
            aside = off;
        }
    }
    np_vec3 normal = np_vec3_cross(axis, np_vec3_normalize(aside));
    for (unsigned i = 0; i < f->n; i++)
        e.off_plane = fmax(e.off_plane, fabs(np_vec3_dot(np_vec3_sub(place_of(&f->points[i], arm), first), normal)));
    return e;
}

/* Whether the points determine the motion, and tell a head from its mirror image: a flat set is its own, turned over. */
static np_status check_extent(const np_fiducials *f, np_error *err)
{
    for (int arm = 0; arm < 2; arm++) {
        extent e = measure_extent(f, arm);
        if (!(e.off_line >= LEAST_MM))
            return np_error_set(
                err, NP_ERR_GEOMETRY,
                "the fiducials lie within %.1f mm of one line (%s coordinates), so that the turn about it is "
                "not determined; choose points at least %.0f mm off it",
                e.off_line, arm ? "arm" : "head", LEAST_MM);
        if (!(e.off_plane >= LEAST_MM))
            return np_error_set(err, NP_ERR_GEOMETRY,
                                "%s (%s coordinates), so that left and right taken for each other would turn the head "
                                "over unnoticed; add a point at least %.0f mm off that plane, the vertex for instance",
                                f->n == 3 ? "three fiducials lie in one plane" : "the fiducials lie near one plane",
                                arm ? "arm" : "head", LEAST_MM);
    }
    return NP_OK;
}

/* Horn's matrix N, whose eigenvector of the largest eigenvalue is the rotation; returns that eigenvalue.  The rotation that
 * best fits the mirror image has minus the smallest eigenvalue instead, in *OUT_MIRRORED. */
static double best_rotation(const double s[3][3], double out_quaternion[4], double *out_mirrored)
{
    double n[4][4] = {
        {s[0][0] + s[1][1] + s[2][2], s[1][2] - s[2][1], s[2][0] - s[0][2], s[0][1] - s[1][0]},
        {s[1][2] - s[2][1], s[0][0] - s[1][1] - s[2][2], s[0][1] + s[1][0], s[2][0] + s[0][2]},
        {s[2][0] - s[0][2], s[0][1] + s[1][0], s[1][1] - s[0][0] - s[2][2], s[1][2] + s[2][1]},
        {s[0][1] - s[1][0], s[2][0] + s[0][2], s[1][2] + s[2][1], s[2][2] - s[0][0] - s[1][1]},
    };
    double v[4][4];
    jacobi4(n, v);
    int best = 0;
    *out_mirrored = -n[0][0];
    for (int i = 1; i < 4; i++) {
        best = n[i][i] > n[best][best] ? i : best;
        *out_mirrored = fmax(*out_mirrored, -n[i][i]);
    }
    double sign = v[0][best] < 0 ? -1 : 1;
    for (int i = 0; i < 4; i++)
        out_quaternion[i] = sign * v[i][best];
    return n[best][best];
}

static np_vec3 rotate(const double q[4], np_vec3 p)
{
    np_vec3 u = {q[1], q[2], q[3]};
    np_vec3 t = np_vec3_scale(np_vec3_cross(u, p), 2);
    return np_vec3_add(np_vec3_mad(p, t, q[0]), np_vec3_cross(u, t));
}

np_vec3 np_registration_apply(const np_registration *r, np_vec3 head)
{
    return np_vec3_add(rotate(r->rotation, head), r->translation);
}

/* To hundredths; no minus before a zero. */
static np_vec3 hundredths(np_vec3 v)
{
    return np_vec3_make(round(v.x * 100) / 100 + 0.0, round(v.y * 100) / 100 + 0.0, round(v.z * 100) / 100 + 0.0);
}

void np_registration_say(const np_registration *r, char out[NP_REGISTRATION_TEXT_BYTES])
{
    np_vec3 face = hundredths(rotate(r->rotation, np_vec3_make(1, 0, 0)));
    np_vec3 top = hundredths(rotate(r->rotation, np_vec3_make(0, 0, 1)));
    snprintf(out, NP_REGISTRATION_TEXT_BYTES,
             "in the arm's frame the face looks along [%.2f, %.2f, %.2f], and the top of the head lies towards [%.2f, "
             "%.2f, %.2f]",
             face.x, face.y, face.z, top.x, top.y, top.z);
}

static void measure(const np_fiducials *f, np_registration *r, double *out_residual_mm)
{
    double sum = 0;
    r->worst_mm = -1;
    for (unsigned i = 0; i < f->n; i++) {
        double d = np_vec3_distance(np_registration_apply(r, f->points[i].head), f->points[i].arm);
        sum += d * d;
        if (d > r->worst_mm) {
            r->worst_mm = d;
            r->worst = i;
        }
        if (out_residual_mm)
            out_residual_mm[i] = d;
    }
    r->rms_mm = sqrt(sum / f->n);
}

/* The rigid motion that best moves the head's points to the arm's, C of F, with its residuals (NULL: not each); returns and mirrors as
 * best_rotation. */
static double fit_motion(const np_fiducials *f, const centred_sets *c, np_registration *out, double *out_residual_mm,
                         double *out_mirrored)
{
    double fit = best_rotation((const double(*)[3])c->s, out->rotation, out_mirrored);
    out->translation = np_vec3_sub(c->arm_mean, rotate(out->rotation, c->head_mean));
    measure(f, out, out_residual_mm);
    return fit;
}

static void move_to_arm(const np_fiducials *f, np_registration *out)
{
    centred_sets c = centre(f);
    double mirrored;
    fit_motion(f, &c, out, NULL, &mirrored);
}

/* Whether the head's points fit themselves once they are turned so that those of BASE come to those of IMAGE: then the arm may find
 * them under one another's names, and no residual tells.  TWIN has room for as many points, and ends with where each comes to. */
static bool fits_itself(const np_fiducials *f, const unsigned base[3], const unsigned image[3], np_fiducials *twin)
{
    const double noise_mm = 2 * f->limit_mm;
    np_registration turn;
    for (int k = 0; k < 3; k++) {
        double apart = np_vec3_distance(f->points[base[k]].head, f->points[base[(k + 1) % 3]].head);
        double comes = np_vec3_distance(f->points[image[k]].head, f->points[image[(k + 1) % 3]].head);
        if (fabs(apart - comes) > 2 * noise_mm)
            return false;
        twin->points[k] = (np_fiducial){.head = f->points[base[k]].head, .arm = f->points[image[k]].head};
    }
    twin->n = 3;
    move_to_arm(twin, &turn);
    double farthest = 0;
    for (twin->n = 0; twin->n < f->n; twin->n++) {
        np_vec3 head = f->points[twin->n].head, comes = np_registration_apply(&turn, head), nearest = f->points[0].head;
        for (unsigned j = 1; j < f->n; j++)
            if (np_vec3_distance(f->points[j].head, comes) < np_vec3_distance(nearest, comes))
                nearest = f->points[j].head;
        twin->points[twin->n] = (np_fiducial){.head = head, .arm = nearest};
        farthest = fmax(farthest, np_vec3_distance(head, nearest));
    }
    move_to_arm(twin, &turn);
    return turn.worst_mm <= noise_mm && farthest > LEAST_MM;
}

/* Whether points taken for one another would be found out. */
static np_status check_symmetry(const np_fiducials *f, np_error *err)
{
    extent e = measure_extent(f, false);
    const unsigned *base = e.base;
    np_fiducials twin = {.points = calloc(f->n, sizeof *twin.points)};
    bool fits = false;
    unsigned image[3] = {0};
    if (!twin.points)
        return np_error_no_memory(err, "the fiducials");
    for (unsigned i = 0; i < f->n && !fits; i++)
        for (unsigned j = 0; j < f->n && !fits; j++)
            for (unsigned k = 0; k < f->n && !fits; k++) {
                memcpy(image, (unsigned[]){i, j, k}, sizeof image);
                fits = i != j && j != k && k != i && fits_itself(f, base, image, &twin);
            }
    free(twin.points);
    if (!fits)
        return NP_OK;
    unsigned changed = base[0] != image[0] ? 0 : base[1] != image[1] ? 1 : 2;
    return np_error_set(
        err, NP_ERR_GEOMETRY,
        "the fiducials fit themselves, turned so that '%s' comes to '%s' and the others to one another: taken for each "
        "other they would turn the head unnoticed; add a point, or choose one elsewhere, so that no turn brings them "
        "within %.1f mm (twice limit_mm) of one another",
        f->points[base[changed]].name, f->points[image[changed]].name, 2 * f->limit_mm);
}

/* Whether ARM_PER_HEAD, how much farther apart the arm's points are than the head's, is that of two units. */
static np_status check_units(double arm_per_head, np_error *err)
{
    static const struct {
        double mm;
        const char *name;
    } units[] = {{1000, "metres"}, {10, "centimetres"}, {25.4, "inches"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        for (int head = 0; head < 2; head++) {
            double factor = head ? units[i].mm : 1 / units[i].mm;
            if (fabs(log(arm_per_head / factor)) > 0.1)
                continue;
            return np_error_set(
                err, NP_ERR_GEOMETRY,
                "the %s's points are %g times closer together than the %s's: they seem to be in %s, and "
                "mm are expected",
                head ? "head" : "arm", units[i].mm, head ? "arm" : "head", units[i].name);
        }
    return NP_OK;
}

/* A scan of another size, or an arm that measures by another mm: the points lie off in proportion to their distance, and a
 * scale takes away three quarters of what they are off.  REST: the sum of their squares. */
static np_status check_scale(const centred_sets *c, double fit, double rest, np_error *err)
{
    const double limit = 0.005, share = 0.25;
    double scale = fit / c->head_spread, scaled_rest = c->arm_spread - fit * fit / c->head_spread;
    if (fabs(scale - 1) <= limit || scaled_rest > share * rest)
        return NP_OK;
    return np_error_set(
        err, NP_ERR_UNSAFE,
        "the arm's points are %.1f %% %s than the head's: the scan's size, or the arm's calibration, is "
        "wrong; measure a known distance with both",
        100 * fabs(scale - 1), scale > 1 ? "farther apart" : "closer together");
}

np_status np_register(const np_fiducials *f, np_registration *out, double *out_residual_mm, np_error *err)
{
    *out = (np_registration){.rotation = {1, 0, 0, 0}};
    if (f->n < 3)
        return np_error_set(err, NP_ERR_GEOMETRY, "%u fiducials; at least 4 are needed, not in one plane", f->n);
    centred_sets c = centre(f);
    np_status status =
        c.head_spread > 0 && c.arm_spread > 0 ? check_units(sqrt(c.arm_spread / c.head_spread), err) : NP_OK;
    if (status != NP_OK)
        return status;
    if ((status = check_extent(f, err)) != NP_OK)
        return status;
    double mirrored, fit = fit_motion(f, &c, out, out_residual_mm, &mirrored);
    /* sums of squared residuals are spread - 2 * fit: compare the rigid one with the mirrored one */
    double rigid_rest = c.head_spread + c.arm_spread - 2 * fit,
           mirror_rest = c.head_spread + c.arm_spread - 2 * mirrored;
    /* Within the limit whatever fits better; beyond it one bad point, which is named below, may spoil the one a little more than the other. */
    if (mirror_rest < (out->worst_mm > f->limit_mm ? 0.25 : 1) * rigid_rest)
        return np_error_set(
            err, NP_ERR_GEOMETRY,
            "the arm's points are the mirror image of the head's: an axis is reversed, or left and right are "
            "swapped");
    if ((status = check_scale(&c, fit, rigid_rest, err)) == NP_OK)
        status = check_symmetry(f, err);
    if (status == NP_OK && out->worst_mm > f->limit_mm)
        return np_error_set(
            err, NP_ERR_UNSAFE,
            "fiducial '%s' is %.2f mm off after registration, the limit is %.2f mm; measure it again, or "
            "leave it out if others are good",
            f->points[out->worst].name, out->worst_mm, f->limit_mm);
    return status;
}

np_wire_pose np_registration_to_wire(const np_registration *r)
{
    np_wire_pose pose;
    for (int i = 0; i < 4; i++)
        pose.rotation_ppm[i] = (int32_t)lround(r->rotation[i] * 1e6);
    pose.translation_um[0] = (int32_t)lround(r->translation.x * 1e3);
    pose.translation_um[1] = (int32_t)lround(r->translation.y * 1e3);
    pose.translation_um[2] = (int32_t)lround(r->translation.z * 1e3);
    return pose;
}

np_registration np_registration_from_wire(const np_wire_pose *pose)
{
    np_registration r = {0};
    double length = 0;
    for (int i = 0; i < 4; i++)
        length += (double)pose->rotation_ppm[i] * pose->rotation_ppm[i];
    for (int i = 0; i < 4; i++)
        r.rotation[i] = pose->rotation_ppm[i] / sqrt(length); /* rounded on its way: a unit again */
    r.translation =
        np_vec3_make(pose->translation_um[0] * 1e-3, pose->translation_um[1] * 1e-3, pose->translation_um[2] * 1e-3);
    return r;
}

np_status np_registration_read(const char *path, np_registration *out, np_error *err)
{
    np_fiducials fiducials = {0};
    np_status status = np_fiducials_read(path, &fiducials, err);
    if (status == NP_OK) {
        status = np_register(&fiducials, out, NULL, err);
        if (status != NP_OK)
            status = np_error_prefix(err, status, "%s", path);
    }
    np_fiducials_fini(&fiducials);
    return status;
}

/* ---- as it is written down ---- */

void np_registration_record_fini(np_plan_registration *record)
{
    free(record->name);
    free(record->fiducials);
    *record = (np_plan_registration){0};
}

/* A CSV field in quotes, its quotes doubled. */
static void write_quoted(const char *text, FILE *out)
{
    putc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

/* NULL without memory; the caller frees. */
static char *fiducials_as_csv(const np_fiducials *f, const double *residual_mm)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fputs("name,head_x,head_y,head_z,arm_x,arm_y,arm_z,residual_mm\n", out);
    for (unsigned i = 0; i < f->n; i++) {
        const np_fiducial *p = &f->points[i];
        write_quoted(p->name ? p->name : "", out);
        fprintf(out, ",%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f\n", p->head.x, p->head.y, p->head.z, p->arm.x, p->arm.y,
                p->arm.z, residual_mm[i]);
    }
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static np_status fill_record(const char *path, const np_fiducials *f, const double *residual_mm,
                             const np_registration *r, np_plan_registration *out, np_error *err)
{
    struct stat about;
    np_wire_pose pose = np_registration_to_wire(r);
    const char *slash = strrchr(path, '/');
    *out = (np_plan_registration){.name = strdup(slash ? slash + 1 : path),
                                  .time_unix_s = stat(path, &about) == 0 ? (int64_t)about.st_mtime : 0,
                                  .rms_mm = r->rms_mm,
                                  .worst_mm = r->worst_mm,
                                  .fiducials = fiducials_as_csv(f, residual_mm)};
    memcpy(out->rotation, pose.rotation_ppm, sizeof out->rotation);
    memcpy(out->translation, pose.translation_um, sizeof out->translation);
    return out->name && out->fiducials ? NP_OK : np_error_no_memory(err, path);
}

np_status np_registration_record_read(const char *path, np_plan_registration *out_record, np_error *err)
{
    np_fiducials fiducials = {0};
    np_registration registration;
    *out_record = (np_plan_registration){0};
    np_status status = np_fiducials_read(path, &fiducials, err);
    double *residual_mm = status == NP_OK ? calloc(fiducials.n + 1, sizeof *residual_mm) : NULL;
    if (status == NP_OK && !residual_mm)
        status = np_error_no_memory(err, path);
    if (status == NP_OK && (status = np_register(&fiducials, &registration, residual_mm, err)) != NP_OK)
        np_error_prefix(err, status, "%s", path);
    if (status == NP_OK)
        status = fill_record(path, &fiducials, residual_mm, &registration, out_record, err);
    if (status != NP_OK)
        np_registration_record_fini(out_record);
    free(residual_mm);
    np_fiducials_fini(&fiducials);
    return status;
}
