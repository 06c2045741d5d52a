//! Random expressions: mostly of a wanted kind, so that most of them mean something, and sometimes not.

use super::calls::Calls;
use super::dice::Dice;
use super::tree::Tree;

/// Roughly what an expression should give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Number,
    Text,
    Bool,
    Sequence,
    Mapping,
    Any,
}

const KINDS: &[&Kind] = &[&Kind::Number, &Kind::Text, &Kind::Bool, &Kind::Sequence, &Kind::Mapping];

/// What the world of the tests names, by kind.
const NUMBERS: &[&str] = &[
    "var.number",
    "local.big",
    "local.fraction",
    "local.negative",
    "module.typed.number",
    "local.numbers[1]",
    "var.object.size",
    "terraform_data.many[1].input.n",
    "terraform_data.keyed[\"one\"].input",
    "length(module.typed.list)",
    "local.nested.map.p.q",
    "local.hidden_map.shown",
    "var.secret_list[0]",
];
const TEXTS: &[&str] = &[
    "var.text",
    "var.secret",
    "var.nothing",
    "local.empty",
    "local.later",
    "local.later_text",
    "module.typed.text",
    "var.names[0]",
    "var.tags.env",
    "var.tags[\"with space\"]",
    "var.object.name",
    "terraform.workspace",
    "path.module",
    "terraform_data.source.output",
    "terraform_data.many[0].id",
    "local.hidden_map.hidden",
    "var.anything.a[1]",
    "var.fleeting",
    "local.later_list[0]",
];
const BOOLS: &[&str] =
    &["var.flag", "module.typed.flag", "var.object.inner.on", "var.anything.b.c", "local.mixed[2]"];
const SEQUENCES: &[&str] = &[
    "var.names",
    "var.ports",
    "local.numbers",
    "local.mixed",
    "local.sorted",
    "local.no_list",
    "local.nested.list",
    "local.later_list",
    "terraform_data.list.output",
    "module.typed.list",
    "module.typed.set",
    "module.typed.objects",
    "var.secret_list",
    "var.anything.a",
    "var.object.inner.list",
    "terraform_data.many",
];
const MAPPINGS: &[&str] = &[
    "var.tags",
    "var.object",
    "var.anything",
    "local.nested",
    "local.no_map",
    "local.hidden_map",
    "local.later_map",
    "local.later_map2",
    "terraform_data.map.output",
    "module.typed.map",
    "terraform_data.keyed",
    "terraform_data.source",
    "module.typed",
];
const ANYTHING: &[&str] = &["local.none", "null", "local.later_any", "var.missing", "local.typo", "each.key"];

const NUMBER_LITERALS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "10",
    "-1",
    "1.5",
    "0.1",
    "1e3",
    "1.25e-3",
    "007",
    "18446744073709551616",
    "-0",
    "1e30",
    "0.30000000000000004",
    "255",
    "9007199254740993",
    "2.50",
];
const TEXT_LITERALS: &[&str] = &[
    "\"\"",
    "\"a\"",
    "\"b\"",
    "\"1\"",
    "\"-2.50\"",
    "\"true\"",
    "\"false\"",
    "\"a,b,c\"",
    "\"héé\"",
    "\"e\\u0301\"",
    "\"line\\nnext\"",
    "\"tab\\t\\\"q\\\"\"",
    "\"$${x}\"",
    "\"%%{y}\"",
    "\" pad \"",
    "\"👩‍👩‍👧\"",
    "\"env\"",
    "\"ABC def\"",
    "\"0x1F\"",
    "\"1e2\"",
    "\"\\U0001F600\"",
    "\"日本語\"",
    "\"ﬃ\"",
    "\"ß\"",
];

/// Makes random expressions.
pub struct Grammar<'d> {
    pub dice: &'d mut Dice,
    calls: &'d Calls,
    /// The variables of `for` in force.
    bound: Vec<String>,
    /// Whether the element of a splat template would be read; made names are numbered.
    made: usize,
}

impl<'d> Grammar<'d> {
    /// A grammar with the functions to call.
    pub fn new(dice: &'d mut Dice, calls: &'d Calls) -> Grammar<'d> {
        Grammar { dice, calls, bound: Vec::new(), made: 0 }
    }

    /// An expression of any kind.
    pub fn any(&mut self, depth: usize) -> Tree {
        let kind = *self.dice.pick(KINDS);
        self.expr(kind, depth)
    }

    /// An expression that should be of a kind; one in twenty is not.
    pub fn expr(&mut self, kind: Kind, depth: usize) -> Tree {
        if self.dice.one_in(20) {
            return self.stray(depth);
        }
        let kind = if kind == Kind::Any { *self.dice.pick(KINDS) } else { kind };
        if depth == 0 || self.dice.one_in(6) {
            return self.leaf(kind);
        }
        match self.dice.below(12) {
            0 | 1 => self.conditional(kind, depth - 1),
            2..=4 => self.call(kind, depth - 1),
            5 => self.element(depth - 1),
            6 => Tree::of("(@)", [self.expr(kind, depth - 1)]),
            7 if self.dice.one_in(3) => self.guarded(kind, depth - 1),
            _ => self.own_form(kind, depth - 1),
        }
    }

    fn stray(&mut self, depth: usize) -> Tree {
        match self.dice.below(3) {
            0 => Tree::text(self.dice.pick(ANYTHING)),
            1 => self.leaf(Kind::Any),
            _ => self.any(depth.saturating_sub(1)),
        }
    }

    fn leaf(&mut self, kind: Kind) -> Tree {
        if !self.bound.is_empty() && self.dice.one_in(2) {
            let index = self.dice.below(self.bound.len());
            return Tree::text(self.bound[index].clone());
        }
        let literal = self.dice.one_in(2);
        Tree::text(match (kind, literal) {
            (Kind::Number, true) => self.dice.pick(NUMBER_LITERALS),
            (Kind::Number, false) => self.dice.pick(NUMBERS),
            (Kind::Text, true) => self.dice.pick(TEXT_LITERALS),
            (Kind::Text, false) => self.dice.pick(TEXTS),
            (Kind::Bool, true) => self.dice.pick(&["true", "false"]),
            (Kind::Bool, false) => self.dice.pick(BOOLS),
            (Kind::Sequence, true) => {
                self.dice.pick(&["[]", "[1, 2, 3]", "[\"a\", \"b\"]", "toset([2, 1])", "[null]"])
            }
            (Kind::Sequence, false) => self.dice.pick(SEQUENCES),
            (Kind::Mapping, true) => {
                self.dice.pick(&["{}", "{ a = 1, b = 2 }", "{ \"k\" : \"v\" }", "tomap({ a = \"x\" })"])
            }
            (Kind::Mapping, false) => self.dice.pick(MAPPINGS),
            (Kind::Any, _) => self.dice.pick(ANYTHING),
        })
    }

    fn own_form(&mut self, kind: Kind, depth: usize) -> Tree {
        match kind {
            Kind::Number => self.arithmetic(depth),
            Kind::Text => self.template(depth),
            Kind::Bool => self.logic(depth),
            Kind::Sequence => self.sequence(depth),
            Kind::Mapping => self.mapping(depth),
            Kind::Any => self.any(depth),
        }
    }

    fn arithmetic(&mut self, depth: usize) -> Tree {
        let operand = |g: &mut Self| g.expr(Kind::Number, depth);
        if self.dice.one_in(6) {
            return Tree::of("-@", [operand(self)]);
        }
        let pattern = self.dice.pick(&["@ + @", "@ - @", "@ * @", "@ / @", "@ % @", "(@ + @)", "@*@"]);
        Tree::of(pattern, [operand(self), operand(self)])
    }

    fn logic(&mut self, depth: usize) -> Tree {
        match self.dice.below(6) {
            0 => Tree::of("!@", [self.expr(Kind::Bool, depth)]),
            1 | 2 => {
                let pattern = self.dice.pick(&["@ && @", "@ || @", "(@ && @)"]);
                Tree::of(pattern, [self.expr(Kind::Bool, depth), self.expr(Kind::Bool, depth)])
            }
            3 => {
                let pattern = self.dice.pick(&["@ < @", "@ <= @", "@ > @", "@ >= @"]);
                Tree::of(pattern, [self.expr(Kind::Number, depth), self.expr(Kind::Number, depth)])
            }
            _ => {
                let kind = *self.dice.pick(KINDS);
                let pattern = self.dice.pick(&["@ == @", "@ != @"]);
                Tree::of(pattern, [self.expr(kind, depth), self.expr(kind, depth)])
            }
        }
    }

    fn conditional(&mut self, kind: Kind, depth: usize) -> Tree {
        let parts = [self.expr(Kind::Bool, depth), self.expr(kind, depth), self.expr(kind, depth)];
        Tree::of("@ ? @ : @", parts)
    }

    fn guarded(&mut self, kind: Kind, depth: usize) -> Tree {
        match kind {
            Kind::Bool => Tree::of("can(@)", [self.any(depth)]),
            _ => Tree::of("try(@, @)", [self.expr(kind, depth), self.expr(kind, depth)]),
        }
    }

    fn sequence(&mut self, depth: usize) -> Tree {
        match self.dice.below(7) {
            0 | 1 => self.for_tuple(depth),
            2 => {
                let source = self.postfix(Kind::Sequence, depth);
                let pattern = self.dice.pick(&[
                    "@[*]",
                    "@.*",
                    "@[*].id",
                    "@.*.name",
                    "@[*].list[0]",
                    "@[*][0]",
                    "@.*.id[0]",
                ]);
                Tree::of(pattern, [source])
            }
            3 => Tree::of("toset(@)", [self.expr(Kind::Sequence, depth)]),
            4 => Tree::of("tolist(@)", [self.expr(Kind::Sequence, depth)]),
            _ => {
                let kind = *self.dice.pick(KINDS);
                let count = self.dice.below(4);
                let items = (0..count).map(|_| self.expr(kind, depth)).collect();
                Tree::list("[", items, ", ", "]")
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Tree {
        match self.dice.below(6) {
            0 | 1 => self.for_object(depth),
            2 => Tree::of("tomap(@)", [self.expr(Kind::Mapping, depth)]),
            _ => {
                let kind = *self.dice.pick(KINDS);
                let count = self.dice.below(4);
                let items = (0..count).map(|_| self.entry(kind, depth).fragment()).collect();
                Tree::list("{ ", items, ", ", " }")
            }
        }
    }

    fn entry(&mut self, kind: Kind, depth: usize) -> Tree {
        let value = self.expr(kind, depth);
        match self.dice.below(4) {
            0 => Tree::of("(@) = @", [self.expr(Kind::Text, depth.min(1)), value]),
            1 => Tree::of(
                "\"k-@\" : @",
                [Tree::text(self.dice.pick(&["1", "2", "${local.negative}"])).fragment(), value],
            ),
            _ => {
                let name = self.dice.pick(&["a", "b", "c", "id", "name", "true", "1"]);
                Tree::of(&format!("{name} = @"), [value])
            }
        }
    }

    fn for_tuple(&mut self, depth: usize) -> Tree {
        let (head, outer) = self.for_head(depth);
        let value = self.expr(Kind::Any, depth);
        let condition = self.dice.one_in(3).then(|| self.expr(Kind::Bool, depth));
        self.bound.truncate(outer);
        match condition {
            Some(condition) => Tree::of("[for @ : @ if @]", [head, value, condition]),
            None => Tree::of("[for @ : @]", [head, value]),
        }
    }

    fn for_object(&mut self, depth: usize) -> Tree {
        let (head, outer) = self.for_head(depth);
        let (key, value) = (self.expr(Kind::Text, depth), self.expr(Kind::Any, depth));
        let condition = self.dice.one_in(3).then(|| self.expr(Kind::Bool, depth));
        let group = if self.dice.one_in(3) { "..." } else { "" };
        self.bound.truncate(outer);
        match condition {
            Some(condition) => {
                Tree::of(&format!("{{for @ : @ => @{group} if @}}"), [head, key, value, condition])
            }
            None => Tree::of(&format!("{{for @ : @ => @{group}}}"), [head, key, value]),
        }
    }

    /// `k, v in COLLECTION`, with the names in force afterwards; how many were in force before.
    fn for_head(&mut self, depth: usize) -> (Tree, usize) {
        let kind = if self.dice.one_in(2) { Kind::Sequence } else { Kind::Mapping };
        let source = self.expr(kind, depth);
        let outer = self.bound.len();
        self.made += 1;
        let (key, value) = (format!("k{}", self.made), format!("v{}", self.made));
        let head = match self.dice.one_in(2) {
            true => {
                self.bound.push(key.clone());
                Tree::of(&format!("{key}, {value} in @"), [source]).fragment()
            }
            false => Tree::of(&format!("{value} in @"), [source]).fragment(),
        };
        self.bound.push(value);
        (head, outer)
    }

    /// Something that an index or a splat can stand behind.
    fn postfix(&mut self, kind: Kind, depth: usize) -> Tree {
        match self.dice.one_in(2) {
            true => self.leaf(kind),
            false => Tree::of("(@)", [self.expr(kind, depth)]),
        }
    }

    fn element(&mut self, depth: usize) -> Tree {
        if self.dice.one_in(2) {
            let index = self.expr(Kind::Number, depth.min(1));
            let source = self.postfix(Kind::Sequence, depth);
            return match self.dice.below(3) {
                0 => Tree::of("@[@]", [source, index]),
                1 => Tree::of(
                    self.dice.pick(&["@[0]", "@[1]", "@.0", "@[-1]", "@[\"0\"]", "@[0.5]"]),
                    [source],
                ),
                _ => Tree::of("element(@, @)", [source, index]),
            };
        }
        let source = self.postfix(Kind::Mapping, depth);
        match self.dice.below(3) {
            0 => Tree::of("@[@]", [source, self.expr(Kind::Text, depth.min(1))]),
            _ => {
                let step = self.dice.pick(&[
                    "@.a",
                    "@.env",
                    "@.id",
                    "@[\"a\"]",
                    "@.name",
                    "@[\"with space\"]",
                    "@.list",
                ]);
                Tree::of(step, [source])
            }
        }
    }

    fn template(&mut self, depth: usize) -> Tree {
        let count = 1 + self.dice.below(3);
        let parts = (0..count).map(|_| self.template_part(depth).fragment()).collect();
        match self.dice.below(8) {
            0 => Tree::list("(<<EOT\n", parts, "\n", "\nEOT\n)"),
            1 => Tree::list("(<<-EOT\n    ", parts, "\n      ", "\n    EOT\n)"),
            _ => Tree::list("\"", parts, "", "\""),
        }
    }

    fn template_part(&mut self, depth: usize) -> Tree {
        match self.dice.below(9) {
            0 => Tree::text(
                self.dice.pick(&["plain ", " ", "é", "$ ", "%-", "$$ ", "%%{", "$${", "x  ", "$x"]),
            ),
            1 => Tree::of(
                "%{ if @ }@%{ else }@%{ endif }",
                [
                    self.expr(Kind::Bool, depth),
                    self.template_text(depth).fragment(),
                    self.template_text(depth).fragment(),
                ],
            ),
            2 => Tree::of(
                "%{ if @ ~} @ %{~ endif }",
                [self.expr(Kind::Bool, depth), self.template_text(depth).fragment()],
            ),
            3 => {
                let (head, outer) = self.for_head(depth);
                let body = self.template_text(depth).fragment();
                self.bound.truncate(outer);
                Tree::of(
                    self.dice.pick(&["%{ for @ }@%{ endfor }", "%{ for @ ~} @,%{ endfor ~} "]),
                    [head, body],
                )
            }
            4 => {
                Tree::of(self.dice.pick(&["${~ @ ~}", " ${~ @}", "${ @ ~} "]), [self.expr(Kind::Text, depth)])
            }
            5 => Tree::of("${@}", [self.any(depth)]),
            _ => Tree::of("${@}", [self.expr(Kind::Text, depth)]),
        }
    }

    fn template_text(&mut self, depth: usize) -> Tree {
        match self.dice.one_in(2) {
            true => Tree::text(self.dice.pick(&["t", " t ", "", "é "])),
            false => Tree::of("${@}", [self.expr(Kind::Text, depth)]),
        }
    }

    fn call(&mut self, kind: Kind, depth: usize) -> Tree {
        let calls = self.calls;
        calls.call(self, kind, depth)
    }
}
