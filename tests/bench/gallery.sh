#!/usr/bin/env bash
# Pictures of every template that plans as it is (touch-up wants an earlier plan) as a person will see it, to be looked at before a strategy, the pattern
# or the skin is changed, and after.
#   gallery.sh DIR [TEMPLATE...]: for each template DIR/TEMPLATE/*.png and what `show --look` says of it; for `full-scalp` also on five skins and both sexes' heads.
# A template is drawn before and healed side by side at a metre; near, healed and five and ten years on; and near once more with shaved hair in the
# dots' places.  NEEDLEPATH is the program, WIDTH the pictures' (1600).
set -euo pipefail
needlepath=${NEEDLEPATH:?the program}
width=${WIDTH:-1600}
out=${1:?usage: gallery.sh DIR [TEMPLATE...]}
shift
templates=("$@")
[ ${#templates[@]} -gt 0 ] || # as the program itself lists them
    IFS=' |' read -ra templates < <("$needlepath" case new --help | sed -n 's/^usage: .*\[OPTIONS\] //p' | sed 's/|touch-up//')
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Where a template's work faces the viewer.
view_of() {
    case $1 in
    *crown | fut-scar | fue-scars) echo back ;;
    facelift | fade) echo left ;;
    *diffuse) echo top ;;
    *) echo front ;;
    esac
}

# The same from a metre: a forehead is seen from above it, or the work is foreshortened.
far_view_of() {
    [ "$(view_of "$1")" = front ] && echo 15,35 || view_of "$1"
}

# plan NAME TEMPLATE [OPTIONS of case new]
plan() {
    "$needlepath" case new "$2" "${@:3}" -o "$work/$1.yaml" 2>/dev/null
    "$needlepath" plan "$work/$1.yaml" -o "$work/$1.needleplan" >/dev/null 2>"$work/said" || { cat "$work/said" >&2; return 1; }
}

picture() {
    "$needlepath" preview "$work/$1.needleplan" -o "$out/$2" --width "$width" "${@:3}" >&2
}

for template in "${templates[@]}"; do
    view=$(view_of "$template")
    plan "$template" "$template"
    picture "$template" "$template" --view "$(far_view_of "$template")" --when healed --compare
    picture "$template" "$template" --view "$view" --distance 0.4 --when healed,5y,10y,reference --hair brown
    if [ "$template" = full-scalp ]; then
        for skin in light intermediate tan brown dark; do
            picture "$template" "$template/$skin" --view three-quarter --when healed --skin "$skin"
        done
        plan woman full-scalp --sex f
        picture woman full-scalp/woman --view three-quarter --when healed --compare
    fi
    "$needlepath" show "$work/$template.needleplan" --look >"$out/$template/look.txt"
done
find "$out" -name '*.png' | sort
