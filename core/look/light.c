/* Indoor light: a key from above and one side of the viewer, a ceiling, a room.  What of it reaches a vertex is read from depth maps, one a
 * direction: a head shades itself softly, and a vertex is enough for that. */
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "look/private/light.h"

enum { MAP = 320 }; /* pixels of a depth map's side */

void look_light_init(np_look *look)
{
    /* 45 degrees from the line of sight, whatever the view */
    look_vec key = look_scale(look->forward, -0.55f), up = {0, 0, 0.7f};
    key = look_unit(look_add(look_mad(key, look->right, 0.45f), up));
    np_vec3 k = np_vec3_normalize(np_vec3_make((double)key.x, (double)key.y, (double)key.z));
    look_vec a = look_vec_of(np_vec3_perpendicular(k)), b = look_vec_of(np_vec3_cross(k, np_vec3_perpendicular(k)));
    for (int i = 0; i < LOOK_KEY_LIGHTS; i++)
        look->light[i] =
            look_unit(look_mad(look_mad(key, a, 0.22f * (float)(i % 3 - 1)), b, 0.22f * (float)(i / 3 - 1)));
    for (int i = 0; i < LOOK_CEILING_LIGHTS; i++)
        look->light[LOOK_KEY_LIGHTS + i] =
            look_unit((look_vec){0.55f * (float)(i % 3 - 1), 0.55f * (float)(i / 3 - 1), 1});
    for (int i = 0; i < LOOK_ROOM_LIGHTS; i++) {
        float z = 1 - 1.6f * ((float)i + 0.5f) / LOOK_ROOM_LIGHTS, turn = 2.399963f * (float)i, s = sqrtf(1 - z * z);
        look->light[LOOK_KEY_LIGHTS + LOOK_CEILING_LIGHTS + i] = (look_vec){s * cosf(turn), s * sinf(turn), z};
    }
}

typedef struct reach_work {
    const np_look *look;
    const look_raster *raster;
    look_vec centre;
    float radius;
    unsigned char *seen; /* [LOOK_LIGHTS][n_vertices] */
    float *maps;         /* [LOOK_LIGHTS][MAP * MAP] */
} reach_work;

/* One direction's axes and scale. */
typedef struct map_frame {
    look_vec a, b, d, centre;
    float scale;
} map_frame;

static void to_map(const map_frame *f, look_vec p, float out[3])
{
    look_vec q = look_sub(p, f->centre);
    out[0] = MAP * 0.5f + f->scale * look_dot(q, f->a);
    out[1] = MAP * 0.5f + f->scale * look_dot(q, f->b);
    out[2] = look_dot(q, f->d);
}

static float least(float a, float b, float c)
{
    return fminf(a, fminf(b, c));
}

static float most(float a, float b, float c)
{
    return fmaxf(a, fmaxf(b, c));
}

static void draw_map_triangle(float *map, float p[3][3])
{
    float area = (p[1][0] - p[0][0]) * (p[2][1] - p[0][1]) - (p[2][0] - p[0][0]) * (p[1][1] - p[0][1]);
    if (fabsf(area) < 1e-9f)
        return;
    float scale = 1 / area;
    int x0 = (int)fmaxf(0, floorf(least(p[0][0], p[1][0], p[2][0]))),
        x1 = (int)fminf(MAP - 1, ceilf(most(p[0][0], p[1][0], p[2][0])));
    int y0 = (int)fmaxf(0, floorf(least(p[0][1], p[1][1], p[2][1]))),
        y1 = (int)fminf(MAP - 1, ceilf(most(p[0][1], p[1][1], p[2][1])));
    for (int y = y0; y <= y1; y++)
        for (int x = x0; x <= x1; x++) {
            float px = (float)x + 0.5f, py = (float)y + 0.5f;
            float u = ((p[1][0] - px) * (p[2][1] - py) - (p[2][0] - px) * (p[1][1] - py)) * scale;
            float v = ((p[2][0] - px) * (p[0][1] - py) - (p[0][0] - px) * (p[2][1] - py)) * scale, w = 1 - u - v;
            if (u < -0.01f || v < -0.01f || w < -0.01f)
                continue;
            float z = u * p[0][2] + v * p[1][2] + w * p[2][2];
            if (z > map[y * MAP + x])
                map[y * MAP + x] = z;
        }
}

/* Share of the four nearest map pixels that let the light through to P; soft over 2 mm. */
static float reaches(const float *map, const map_frame *f, look_vec p)
{
    float q[3], sum = 0;
    to_map(f, p, q);
    float fx = q[0] - 0.5f, fy = q[1] - 0.5f;
    int x = (int)floorf(fx), y = (int)floorf(fy);
    for (int j = 0; j < 2; j++)
        for (int i = 0; i < 2; i++) {
            float weight = fabsf((float)(1 - i) - (fx - (float)x)) * fabsf((float)(1 - j) - (fy - (float)y));
            int xi = x + i, yi = y + j;
            bool inside = xi >= 0 && yi >= 0 && xi < MAP && yi < MAP;
            float over = inside ? map[yi * MAP + xi] - q[2] : -1;
            sum += weight * fminf(fmaxf(1 - over / 2, 0), 1);
        }
    return sum;
}

static void reach_lights(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    reach_work *w = context;
    const np_mesh *mesh = w->raster->mesh;
    for (size_t l = begin; l < end; l++) {
        look_vec d = w->look->light[l];
        np_vec3 wide = {(double)d.x, (double)d.y, (double)d.z};
        np_vec3 a = np_vec3_perpendicular(np_vec3_normalize(wide));
        map_frame f = {look_vec_of(a), look_vec_of(np_vec3_cross(wide, a)), d, w->centre, MAP * 0.5f / w->radius};
        float *map = w->maps + l * MAP * MAP;
        for (int i = 0; i < MAP * MAP; i++)
            map[i] = -INFINITY;
        for (size_t t = 0; t < mesh->n_triangles; t++) {
            float p[3][3];
            for (int k = 0; k < 3; k++)
                to_map(&f, look_vec_of(mesh->vertices[mesh->triangles[t].v[k]]), p[k]);
            draw_map_triangle(map, p);
        }
        for (size_t v = 0; v < mesh->n_vertices; v++) {
            look_vec raised = look_vec_of(np_vec3_mad(mesh->vertices[v], w->raster->normals[v], 1.5));
            w->seen[l * mesh->n_vertices + v] = (unsigned char)(255 * reaches(map, &f, raised) + 0.5f);
        }
    }
}

static void gather_vertices(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    reach_work *w = context;
    size_t n = w->raster->mesh->n_vertices;
    for (size_t v = begin; v < end; v++) {
        float weight[LOOK_GROUPS] = {0}, sum[LOOK_GROUPS] = {0};
        look_vec normal = look_vec_of(w->raster->normals[v]);
        for (size_t l = 0; l < LOOK_LIGHTS; l++) {
            int g = l < LOOK_KEY_LIGHTS ? 0 : l < LOOK_KEY_LIGHTS + LOOK_CEILING_LIGHTS ? 1 : 2;
            float c = g == 0 ? 1 : fmaxf(0.05f, look_dot(normal, w->look->light[l]));
            weight[g] += c;
            sum[g] += c * (float)w->seen[l * n + v] / 255.0f;
        }
        for (int g = 0; g < LOOK_GROUPS; g++)
            w->raster->seen[v][g] = sum[g] / weight[g];
    }
}

np_status look_light_reach(const np_look *look, look_raster *raster, np_error *err)
{
    const np_mesh *mesh = raster->mesh;
    size_t n = mesh->n_vertices;
    reach_work work = {.look = look, .raster = raster};
    np_vec3 centre = {0, 0, 0};
    for (size_t v = 0; v < n; v++)
        centre = np_vec3_mad(centre, mesh->vertices[v], 1.0 / (double)n);
    double radius = 0;
    for (size_t v = 0; v < n; v++)
        radius = fmax(radius, np_vec3_distance(mesh->vertices[v], centre));
    work.centre = look_vec_of(centre);
    work.radius = (float)fmax(radius, 1) * 1.01f;
    work.seen = malloc(n * LOOK_LIGHTS);
    work.maps = malloc(sizeof *work.maps * LOOK_LIGHTS * MAP * MAP);
    bool got = work.seen && work.maps;
    if (got) {
        np_parallel_for(LOOK_LIGHTS, 1, reach_lights, &work);
        np_parallel_for(n, 1024, gather_vertices, &work);
    }
    free(work.seen);
    free(work.maps);
    return got ? NP_OK : np_error_no_memory(err, "the light on a head");
}
