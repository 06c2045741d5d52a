"""Configurations of any size, by shape. All of `terraform_data`, which costs a provider nothing: what is measured is the
engine. A shape writes `main.tf` and whatever else it needs, and says what `edit` replaces: one attribute of one instance.
"""
import os


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def resource(name, body):
    return f'resource "terraform_data" "{name}" {{\n{body}}}\n'


def spelled(head, entries):
    """A block of locals that spells out many numbers: range() ends at 1,024."""
    return (
        f"locals {{\n  {head} = flatten([for k in range({(entries + 999) // 1000}) : "
        f"range(k * 1000, min({entries}, (k + 1) * 1000))])\n}}\n"
    )


def count(n):
    """Two resources of N instances each, b[i] reading a[i]."""
    a = resource("a", f'  count = {n}\n  input = count.index == {n // 2} ? "EDIT" : "a-${{count.index}}"\n')
    b = resource("b", f"  count = {n}\n  input = terraform_data.a[count.index].output\n")
    return {"main.tf": a + "\n" + b}


def single(n):
    """One resource with a count of N."""
    body = f'  count = {n}\n  input = count.index == {n // 2} ? "EDIT" : "a-${{count.index}}"\n'
    return {"main.tf": resource("a", body)}


def foreach(n):
    """One resource over a map of N objects, and one that counts it."""
    things = (
        'locals {\n  things = { for i in local.numbers : format("thing-%06d", i) => {\n'
        f'    size = i == {n // 2} ? "EDIT" : tostring(i % 7)\n    zone = element(["a", "b", "c"], i)\n  }} }}\n}}\n'
    )
    thing = resource("thing", "  for_each = local.things\n  input    = merge(each.value, { name = each.key })\n")
    index = resource("index", "  input = length(terraform_data.thing)\n")
    return {"main.tf": "\n".join([spelled("numbers", n), things, thing, index])}


def blocks(n):
    """N blocks in layers of ten, each reading two of the layer before; a new start every ten layers."""

    def value(i):
        layer, column = divmod(i, 10)
        if layer % 10 == 0:
            return f'"seed-{i}"' if i else '"EDIT"'
        a, b = ((layer - 1) * 10 + c for c in (column, (column + 1) % 10))
        part = "${{substr(terraform_data.r{}.id, 0, 4)}}"
        return f'"{part.format(a)}-{part.format(b)}"'

    return {"main.tf": "\n".join(resource(f"r{i}", f"  input = {value(i)}\n") for i in range(n))}


def modules(n):
    """N/10 instances of a module of ten resources, each reading the one before."""
    calls = max(1, n // 10)
    call = f'module "m" {{\n  source = "./m"\n  count  = {calls}\n  name   = count.index == {calls // 2} ? "EDIT" : "m-${{count.index}}"\n}}\n'
    values = ["var.name"] + [f"terraform_data.r{i}.output" for i in range(9)]
    inner = [resource(f"r{i}", f"  input = {value}\n") for i, value in enumerate(values)]
    inner = ['variable "name" {\n  type = string\n}\n', *inner, 'output "last" {\n  value = terraform_data.r9.output\n}\n']
    return {"main.tf": call, "m/main.tf": "\n".join(inner)}


def calls(n):
    """N/10 calls of a module of ten resources, each in a block of its own."""
    main = [f'module "m{i}" {{\n  source = "./m"\n  name   = "{"EDIT" if i == 0 else i}"\n}}\n' for i in range(max(1, n // 10))]
    return {**modules(n), "main.tf": "\n".join(main)}


def fan(n):
    """One resource that N others read, and one that reads them all."""
    hub = resource("hub", '  input = "hub"\n')
    spoke = resource("spoke", f'  count = {n}\n  input = "${{count.index == {n // 2} ? "EDIT" : count.index}}-${{terraform_data.hub.id}}"\n')
    rim = resource("rim", "  input = terraform_data.spoke[*].id\n")
    return {"main.tf": "\n".join([hub, spoke, rim])}


def chain(n):
    """A chain of N blocks, each reading the one before."""
    first = resource("r0", '  input = "0"\n')
    rest = [resource(f"r{i}", f"  input = terraform_data.r{i - 1}.id\n") for i in range(1, n - 1)]
    last = resource(f"r{n - 1}", f'  input = "EDIT-${{terraform_data.r{max(0, n - 2)}.id}}"\n')
    return {"main.tf": "\n".join([first, *rest, last])}


def locals_chain(n):
    """A chain of N local values, each reading the one before, and one resource at its end."""
    rows = ["locals {", "  l0 = 1", *(f"  l{i} = local.l{i - 1} + 1" for i in range(1, n)), "}\n"]
    return {"main.tf": "\n".join(rows) + resource("end", f'  input = "EDIT-${{local.l{n - 1}}}"\n')}


def stack(_n):
    """A stack of one component beside the orchestrator that every stack has, on this machine; it has no size."""
    components = ["artifact_store", "orchestrator"]
    blocks = "".join(f'component "{kind}" "it" {{\n  flavor = "local"\n}}\n' for kind in components)
    text = 'stack "small" {\n  owner = "bench@example.com"\n}\n' + blocks
    return {"stack.hcl": text}


SHAPES = {f.__name__.replace("_", "-"): f for f in (count, single, foreach, blocks, modules, calls, fan, chain, locals_chain, stack)}


def generate(shape, n, root, edited=False):
    """Writes a configuration; edited, one attribute of one instance is another."""
    for name, text in SHAPES[shape](n).items():
        write(f"{root}/{name}", text.replace("EDIT", "after" if edited else "before"))
