#!/usr/bin/env bash
# docs/gallery from what `./dev gallery` drew: small pictures, so that a page shows every template without a build.  Needs ImageMagick.
#   gallery_page.sh FROM: FROM/TEMPLATE/*.png, scaled, go to docs/gallery, with the page README.md.
set -euo pipefail
from=$(cd "${1:?usage: gallery_page.sh FROM}" && pwd)
to=$(cd "$(dirname "$0")/../.." && pwd)/docs/gallery
convert=${CONVERT:-convert}
mkdir -p "$to"

# small PATTERN NAME WIDTH
small() {
    for f in "$from"/$1; do
        [ -e "$f" ] && "$convert" "$f" -resize "$3x" -quality 82 -strip -sampling-factor 4:2:0 "$to/$2.jpg"
    done
    return 0
}

{
    echo "# Every template, as a person will see it"
    echo
    echo "Estimates, not promises: what they rest on stands in [preview.md](../preview.md). Drawn by \`./dev gallery\`, scaled by tests/bench/gallery_page.sh; judge patterns in pictures of"
    echo "your own at full size. Each template as it is, on light skin of a parametric head: before and healed at a metre; healed at 0.4 m, shaved brown hair in the dots' places to compare with,"
    echo "and five and ten years on. Hair that grows around a crown or a scar is not drawn, since the templates list none: the edges show more than they will."
    for template in "$from"/*/; do
        name=$(basename "$template")
        small "$name/*-1m-before-healed.png" "$name-1m" 1000
        for when in healed reference 5y 10y; do
            small "$name/*-0.4m-$when.png" "$name-$when" 700
        done
        printf '\n## %s\n\n![before and healed, 1 m](%s-1m.jpg)\n\n' "$name" "$name"
        printf '| healed, 0.4 m | shaved hair in the same places |\n|---|---|\n| ![healed](%s-healed.jpg) | ![hair](%s-reference.jpg) |\n\n' "$name" "$name"
        printf '| five years on | ten years on |\n|---|---|\n| ![5 years](%s-5y.jpg) | ![10 years](%s-10y.jpg) |\n' "$name" "$name"
    done
    if [ -d "$from/full-scalp/light" ]; then
        printf '\n## full-scalp on five skins, and on a woman'"'"'s head\n\n| light | intermediate | tan | brown | dark |\n|---|---|---|---|---|\n|'
        for skin in light intermediate tan brown dark; do
            small "full-scalp/$skin/*.png" "skin-$skin" 500
            printf ' ![%s](skin-%s.jpg) |' "$skin" "$skin"
        done
        small "full-scalp/woman/*.png" woman-1m 1000
        printf '\n\n![before and healed, 1 m](woman-1m.jpg)\n'
    fi
} >"$to/README.md"
