"""What differs between two SARIF logs of opex-tidy over the same facts, for people."""
import collections
import difflib
import json


def without_indices(value):
    """Numbers of artifacts and rules move with every other finding; what they name is said beside them."""
    if isinstance(value, dict):
        return {key: without_indices(item) for key, item in value.items() if key not in ("index", "ruleIndex")}
    return [without_indices(item) for item in value] if isinstance(value, list) else value


def place_of(location):
    physical = location["physicalLocation"]
    region = physical.get("region", {})
    return f"{physical['artifactLocation']['uri']}:{region.get('startLine', 0)}:{region.get('startColumn', 0)}"


def message_of(item):
    return item.get("message", {}).get("text", "")


def flat(value, path=""):
    """Every plain value with its path."""
    if isinstance(value, (dict, list)) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return {key: text for name, item in items for key, text in flat(item, f"{path}/{name}").items()}
    return {path: json.dumps(value, ensure_ascii=False)}


def facets(result):
    """What a reader asks of a finding."""
    steps = [step["location"] for flow in result.get("codeFlows", [])
             for thread in flow["threadFlows"] for step in thread["locations"]]
    properties = {name: [json.dumps(value)] for name, value in result.get("properties", {}).items()}
    return {
        **properties,
        "level": [result.get("level", "")],
        "confidence": [result.get("properties", {}).get("confidence", "")],
        "place": [place_of(result["locations"][0])],
        "message": [message_of(result)],
        "chain": [f"{place_of(step)}: {message_of(step)}" for step in steps],
        "related": [f"{place_of(item)}: {message_of(item)}" for item in result.get("relatedLocations", [])],
        "fix": [message_of({"message": fix.get("description", {})}) for fix in result.get("fixes", [])],
    }


def changes(old, new):
    """What of one finding is no longer the same, as lines."""
    lines = []
    before, after = facets(old), facets(new)
    for name in {**before, **after}:
        difference = difflib.unified_diff(before.get(name, []), after.get(name, []), "", "", "", n=0)
        moved = [f"  {line}" for line in list(difference)[2:] if not line.startswith("@@")]
        lines += [f"{name}:", *moved] if moved else []
    return lines or path_changes(old, new)


def path_changes(old, new, limit=10):
    before, after = flat(old), flat(new)
    paths = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    lines = [f"{path}: {before.get(path, 'nothing')[:200]} -> {after.get(path, 'nothing')[:200]}" for path in paths[:limit]]
    return lines + ([f"and {len(paths) - limit} more"] if len(paths) > limit else [])


def pair(old, new):
    """Takes the findings that are the same problem from both lists: by identity, else by check and place."""
    pairs = []
    for key in (lambda r: (r["ruleId"], json.dumps(r)),
                lambda r: (r["ruleId"], r["partialFingerprints"].get("opexTidy/v1")),
                lambda r: (r["ruleId"], place_of(r["locations"][0]))):
        waiting = collections.defaultdict(list)
        for result in new:
            waiting[key(result)].append(result)
        for result in list(old):
            if waiting[key(result)]:
                partner = waiting[key(result)].pop(0)
                pairs.append((result, partner))
                old.remove(result)
                new.remove(partner)
    return pairs


def headline(result):
    confidence = result.get("properties", {}).get("confidence", "")
    return f"{result['ruleId']} {place_of(result['locations'][0])} [{confidence}]"


def describe(name, old, new):
    """The difference of two logs, for people."""
    logs = [without_indices(json.loads(log)) for log in (old, new)]
    before, after = (log["runs"][0].pop("results", []) for log in logs)
    lines, same_order = [], [json.dumps(r) for r in before] == [json.dumps(r) for r in after]
    changed = [(o, n) for o, n in pair(before, after) if o != n]
    lines.append(f"{name}: {len(before)} gone, {len(after)} new, {len(changed)} changed")
    for kind, results in (("gone", before), ("new", after)):
        for result in results:
            lines += [f"  {kind:7} {headline(result)}", f"      {message_of(result)}"]
    for o, n in changed:
        lines.append(f"  changed {headline(o)}")
        lines += [f"      {line}" for line in changes(o, n)]
    if not (before or after or changed or same_order):
        lines.append("  the findings stand in another order")
    beside = path_changes(*logs)
    lines += ["  beside the findings:"] * bool(beside) + [f"      {line}" for line in beside]
    if len(lines) == 1:
        lines.append("  only in the numbers of files and rules, or in the writing")
    return "\n".join(lines)
