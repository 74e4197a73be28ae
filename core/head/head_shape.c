/* A superellipsoid for the skull and an egg's pointed end for what is below it, with a few round bumps:
 * forehead, flatter occiput, chin, nose and the start of the neck.  The radius is a function of direction
 * alone, so the mesh is a subdivided icosahedron pushed outwards: watertight by construction.  Face and ears
 * are put on it (head_shape_face.c). */
#include "head/private/head_shape.h"

#include <stdlib.h>

#include "base/angle.h"
#include "head/private/frame.h"
#include "surface/weld.h"

/* ANSUR II (domain.md 2.8): {5th percentile, mean, 95th percentile}. */
typedef struct ansur_row {
    double p5, mean, p95;
} ansur_row;

static const ansur_row head_length[2] = {{188, 199.5, 211}, {178, 189.8, 202}};
static const ansur_row head_breadth[2] = {{146, 154.3, 163}, {140, 147.8, 156}};
static const ansur_row tragion_to_top[2] = {{121, 131.1, 141}, {116, 126.5, 137}};

/* Makes the circumference of the mean man exact; the woman's 2.69 includes hair, so 2.3 (domain.md 2.8). */
static const double section_exponent[2] = {2.34, 2.3};

/* Half height of the egg below the largest section: puts tragion and inion at 0.93 of the half axes
 * (domain.md 2.8). */
#define LOWER_HALF_HEIGHT_MM 109.0

/* Icosahedron edges are cut into this many: 20 * 42^2 = 35,280 triangles with edges of about 3 mm. */
#define SUBDIVISION 42

/* The standard normal quantile (Acklam's rational approximation, central region 0.02425..0.97575: error
 * below 1.2e-9). */
static double normal_quantile(double p)
{
    double q = p - 0.5, r = q * q;
    double top = ((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r +
                   1.383577518672690e+02) *
                      r -
                  3.066479806614716e+01) *
                     r +
                 2.506628277459239e+00;
    double bottom = ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r +
                      6.680131188771972e+01) *
                         r -
                     1.328068155288572e+01) *
                        r +
                    1;
    return top * q / bottom;
}

/* Linear in the normal score between the tabulated percentiles. */
static double at_percentile(const ansur_row *row, double percentile)
{
    double score = normal_quantile(percentile / 100) / normal_quantile(0.95);
    return score < 0 ? row->mean + score * (row->mean - row->p5) : row->mean + score * (row->p95 - row->mean);
}

head_measures head_measures_of(np_case_sex sex, double percentile)
{
    int s = sex == NP_CASE_SEX_F;
    return (head_measures){
        .length_mm = at_percentile(&head_length[s], percentile),
        .breadth_mm = at_percentile(&head_breadth[s], percentile),
        .tragion_to_top_mm = at_percentile(&tragion_to_top[s], percentile),
        .exponent = section_exponent[s],
    };
}

np_vec3 head_stretch_of(const head_measures *measures)
{
    head_measures mean = head_measures_of(NP_CASE_SEX_M, 50);
    return (np_vec3){measures->length_mm / mean.length_mm, measures->breadth_mm / mean.breadth_mm,
                     measures->tragion_to_top_mm / mean.tragion_to_top_mm};
}

/* A round rise of HEIGHT_MM on the head, WIDTH_DEG wide, at AZIMUTH (from anterior to the left) and
 * ELEVATION. */
typedef struct bump {
    double azimuth_deg, elevation_deg, width_deg, height_mm;
} bump;

static const bump bumps[] = {
    {0, 38, 22, 2.0},    /* forehead */
    {180, 28, 28, -3.0}, /* flatter occiput */
    {0, -24, 8, 20.0},   /* nose */
    {0, -52, 22, 20.0},  /* chin */
    {180, -75, 28, 30.0} /* neck */
};

static double bumps_mm(np_vec3 d)
{
    double sum = 0;
    for (size_t i = 0; i < sizeof bumps / sizeof bumps[0]; i++) {
        double azimuth = np_angle_rad(bumps[i].azimuth_deg), elevation = np_angle_rad(bumps[i].elevation_deg);
        np_vec3 top = {cos(elevation) * cos(azimuth), cos(elevation) * sin(azimuth), sin(elevation)};
        double angle = atan2(np_vec3_length(np_vec3_cross(top, d)), np_vec3_dot(top, d));
        double s = np_angle_deg(angle) / bumps[i].width_deg;
        sum += bumps[i].height_mm * exp(-s * s);
    }
    /* None in the plane of the largest section, so that length and breadth stay the measured ones. */
    return sum * d.z * d.z / (d.z * d.z + 0.02);
}

/* Heads are a little skew: odd in y, within 3 mm, and nothing on the axes. */
static double skew_mm(np_vec3 d)
{
    return 2.8 * (1.4 * d.x * d.y + 0.9 * d.y * d.z * fabs(d.z));
}

double head_radius_mm(const head_measures *measures, np_vec3 d)
{
    double a = measures->length_mm / 2, b = measures->breadth_mm / 2;
    double c = d.z >= 0 ? measures->tragion_to_top_mm - HEAD_TRAGION_DROP_MM : LOWER_HALF_HEIGHT_MM;
    double n = measures->exponent;
    double section = pow(pow(fabs(d.x) / a, n) + pow(fabs(d.y) / b, n), 2 / n);
    return 1 / sqrt(section + d.z * d.z / (c * c)) + bumps_mm(d) + skew_mm(d);
}

/* ---- the mesh ---- */

#define GOLDEN 1.6180339887498949

static const np_vec3 ico_vertex[12] = {{-1, GOLDEN, 0}, {1, GOLDEN, 0}, {-1, -GOLDEN, 0}, {1, -GOLDEN, 0},
                                       {0, -1, GOLDEN}, {0, 1, GOLDEN}, {0, -1, -GOLDEN}, {0, 1, -GOLDEN},
                                       {GOLDEN, 0, -1}, {GOLDEN, 0, 1}, {-GOLDEN, 0, -1}, {-GOLDEN, 0, 1}};

static const uint8_t ico_face[20][3] = {{0, 11, 5}, {0, 5, 1},  {0, 1, 7},   {0, 7, 10}, {0, 10, 11},
                                        {1, 5, 9},  {5, 11, 4}, {11, 10, 2}, {10, 7, 6}, {7, 1, 8},
                                        {3, 9, 4},  {3, 4, 2},  {3, 2, 6},   {3, 6, 8},  {3, 8, 9},
                                        {4, 9, 5},  {2, 4, 11}, {6, 2, 10},  {8, 6, 7},  {9, 8, 1}};

/* The grid point of FACE with weights W (sum SUBDIVISION) on its corners.  Summed in the order of the
 * corners' numbers, so that neighbouring faces get the same bits on their common edge and the weld joins
 * them. */
static np_vec3 grid_direction(const uint8_t face[3], const int w[3])
{
    np_vec3 sum = {0, 0, 0};
    for (int v = 0; v < 12; v++)
        for (int k = 0; k < 3; k++)
            if (face[k] == v)
                sum = np_vec3_mad(sum, ico_vertex[v], w[k]);
    return np_vec3_normalize(sum);
}

/* Where the grid point (I, J) of a face stands in its block of (SUBDIVISION + 1)(SUBDIVISION + 2) / 2
 * vertices. */
static uint32_t grid_index(int face, int i, int j)
{
    int rows_before = i * (2 * SUBDIVISION + 3 - i) / 2;
    return (uint32_t)(face * ((SUBDIVISION + 1) * (SUBDIVISION + 2) / 2) + rows_before + j);
}

static void fill_face(const head_measures *measures, const head_face *features, int face, np_mesh *mesh)
{
    for (int i = 0; i <= SUBDIVISION; i++) {
        for (int j = 0; i + j <= SUBDIVISION; j++) {
            np_vec3 d = grid_direction(ico_face[face], (int[3]){SUBDIVISION - i - j, i, j});
            double egg = head_radius_mm(measures, d);
            mesh->vertices[grid_index(face, i, j)] = np_vec3_scale(d, egg + head_face_mm(features, d, egg));
            if (i + j == SUBDIVISION)
                continue;
            uint32_t a = grid_index(face, i, j), b = grid_index(face, i + 1, j), c = grid_index(face, i, j + 1);
            mesh->triangles[mesh->n_triangles++] = (np_triangle){{a, b, c}};
            if (i + j < SUBDIVISION - 1)
                mesh->triangles[mesh->n_triangles++] = (np_triangle){{b, grid_index(face, i + 1, j + 1), c}};
        }
    }
}

np_status head_mesh(const head_measures *measures, np_mesh *out_mesh, np_error *err)
{
    size_t per_face = (SUBDIVISION + 1) * (SUBDIVISION + 2) / 2;
    np_mesh mesh = {.n_vertices = 20 * per_face};
    head_face features = {0};
    mesh.vertices = malloc(mesh.n_vertices * sizeof *mesh.vertices);
    mesh.triangles = malloc(20 * SUBDIVISION * SUBDIVISION * sizeof *mesh.triangles);
    np_status status = head_face_create(measures, &features, err);
    if (status == NP_OK && (!mesh.vertices || !mesh.triangles))
        status = np_error_no_memory(err, "the parametric head");
    if (status != NP_OK)
        goto done;
    for (int face = 0; face < 20; face++)
        fill_face(measures, &features, face, &mesh);
    status = np_mesh_weld(&mesh, &(size_t){0}, err);
done:
    head_face_fini(&features);
    if (status != NP_OK)
        np_mesh_fini(&mesh);
    *out_mesh = mesh;
    return status;
}
