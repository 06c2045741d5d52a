//! Random resource types.

use model::Nesting;
use provider::CreateClass;

use crate::dice::Dice;
use crate::kind::{Attr, Form, Gift, Kind, Nest, Shape, Who};
use crate::val::{Ty, Val};

/// The data source that every provider has: it finds what it is asked for, as the world is now.
pub const LOOK: &str = "fickle_look";

/// Two to four resource types.
pub fn kinds(dice: &mut Dice) -> Vec<Kind> {
    let count = dice.between(2, 4);
    (0..count).map(|i| kind(dice, i)).collect()
}

/// The data source's shape.
pub fn look() -> Shape {
    let attrs = vec![
        Attr::plain("found", Ty::Str, Who::Computed(Gift::Once)),
        Attr::plain("id", Ty::Str, Who::Computed(Gift::Once)),
        Attr::plain("of", Ty::Str, Who::Required),
        Attr::plain("tags", Ty::Map(Box::new(Ty::Str)), Who::Optional),
    ];
    Shape { attrs, blocks: Vec::new() }
}

fn kind(dice: &mut Dice, i: usize) -> Kind {
    let classes =
        [CreateClass::StateOnly, CreateClass::Name, CreateClass::Tag, CreateClass::Token, CreateClass::Fence];
    let mut attrs = vec![Attr::plain("id", Ty::Str, Who::Computed(Gift::Once))];
    let count = dice.between(2, 6);
    attrs.extend((0..count).map(|i| attr(dice, i)));
    if dice.chance(35) {
        attrs.push(structural(dice));
    }
    if let (true, Some(of)) = (dice.chance(40), attrs.iter().find(|a| mirrors(a)).map(|a| a.name.clone())) {
        attrs.push(Attr::plain("mirror", Ty::Str, Who::Computed(Gift::Mirror(of))));
    }
    attrs.sort_by(|a, b| a.name.cmp(&b.name));
    let count = dice.weighted(&[55, 30, 15]);
    let blocks = (0..count).map(|i| nest(dice, i, 1)).collect();
    let class = *dice.pick(&classes);
    Kind {
        name: format!("fickle_k{i}"),
        shape: Shape { attrs, blocks },
        class,
        private: dice.chance(40),
        settles: class != CreateClass::StateOnly && dice.chance(40),
        version: dice.below(3) as u64,
    }
}

fn mirrors(attr: &Attr) -> bool {
    attr.is_configurable() && !attr.write_only && !attr.sensitive && matches!(attr.form, Form::Plain(Ty::Str))
}

fn ty(dice: &mut Dice) -> Ty {
    let text = Box::new(Ty::Str);
    match dice.weighted(&[50, 10, 10, 10, 6, 9, 5]) {
        0 => Ty::Str,
        1 => Ty::Num,
        2 => Ty::Bool,
        3 => Ty::List(text),
        4 => Ty::Set(text),
        5 => Ty::Map(text),
        _ => Ty::Object([("p".to_owned(), Ty::Str), ("q".to_owned(), Ty::Num)].into()),
    }
}

fn attr(dice: &mut Dice, i: usize) -> Attr {
    let ty = ty(dice);
    let who = match dice.weighted(&[20, 40, 15, 25]) {
        0 => Who::Required,
        1 => Who::Optional,
        2 if ty == Ty::Str && dice.chance(50) => Who::Either(Gift::Default(Val::text("as usual"))),
        2 => Who::Either(Gift::Once),
        _ => Who::Computed(if dice.chance(60) { Gift::Once } else { Gift::EachTime }),
    };
    let given = matches!(who, Who::Required | Who::Optional);
    let mut attr = Attr::plain(format!("a{i}"), ty, who);
    attr.force = attr.is_configurable() && dice.chance(20);
    attr.sensitive = dice.chance(10);
    attr.write_only = given && !attr.force && dice.chance(10);
    attr
}

/// A structural attribute: an object, or a list, set or map of objects.
fn structural(dice: &mut Dice) -> Attr {
    let nesting = *dice.pick(&[Nesting::Single, Nesting::List, Nesting::Set, Nesting::Map]);
    let mut who = if dice.chance(30) { Who::Required } else { Who::Optional };
    let mut shape = Shape { attrs: members(dice, nesting), blocks: Vec::new() };
    if dice.chance(20) {
        who = Who::Computed(Gift::Once);
        shape.attrs.iter_mut().for_each(|a| a.who = Who::Computed(Gift::Once));
    }
    let force = who != Who::Computed(Gift::Once) && dice.chance(15);
    let form = Form::Nested(nesting, shape);
    Attr { name: "n0".into(), form, who, force, sensitive: dice.chance(5), write_only: false }
}

/// The members of nested objects. Elements of sets are known by what is configured, so nothing in them is computed.
fn members(dice: &mut Dice, nesting: Nesting) -> Vec<Attr> {
    let count = dice.between(1, 3);
    let one = |i: usize, dice: &mut Dice| {
        let mut attr = attr(dice, i);
        attr.name = format!("m{i}");
        attr.write_only = false;
        attr.force = false;
        if nesting == Nesting::Set {
            attr.sensitive = false;
        }
        match &attr.who {
            Who::Either(_) | Who::Computed(_) if nesting == Nesting::Set || i == 0 => {
                attr.who = Who::Optional
            }
            Who::Either(Gift::Default(_)) => attr.who = Who::Either(Gift::Once),
            Who::Computed(_) => attr.who = Who::Computed(Gift::Once),
            Who::Required | Who::Optional | Who::Either(_) => {}
        }
        attr
    };
    (0..count).map(|i| one(i, dice)).collect()
}

fn nest(dice: &mut Dice, i: usize, depth: usize) -> Nest {
    let all = [Nesting::Single, Nesting::Group, Nesting::List, Nesting::Set, Nesting::Map];
    let nesting = *dice.pick(&all);
    let mut attrs = members(dice, nesting);
    if nesting == Nesting::Group {
        // Where the block is left out nothing can be required.
        attrs.iter_mut().filter(|a| a.who == Who::Required).for_each(|a| a.who = Who::Optional);
    }
    let deeper = depth > 0 && nesting != Nesting::Set && dice.chance(25);
    let blocks = if deeper { vec![nest(dice, 0, depth - 1)] } else { Vec::new() };
    Nest {
        name: format!("b{}{i}", "x".repeat(1 - depth)),
        nesting,
        shape: Shape { attrs, blocks },
        force: dice.chance(15),
    }
}
