use super::*;

fn number(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
}

#[test]
fn text_reads_and_writes() {
    let long = "3.14159265358979323846264338327950288419716939937510582097494459";
    for (text, shown) in [
        ("0", "0"),
        ("-0", "-0"),
        ("0.10", "0.1"),
        ("1e10", "10000000000"),
        ("1.e3", "1000"),
        ("-00.10", "-0.1"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+5", "5"),
        ("1E+3", "1000"),
        ("1e-3", "0.001"),
        ("1p3", "8"),
        ("1.5p3", "12"),
        ("inf", "+Inf"),
        ("-Inf", "-Inf"),
        ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("18446744073709551616", "18446744073709551616"),
        ("1e21", "1000000000000000000000"),
        ("1e-30", "0.000000000000000000000000000001"),
        ("123456789012345678901234567890.123456789", "123456789012345678901234567890.123456789"),
        (long, long),
    ] {
        assert_eq!(number(text).to_string(), shown, "{text}");
    }
}

#[test]
fn other_text_is_no_number() {
    for text in [
        "",
        " ",
        " 1",
        "1\n",
        "1a",
        "--1",
        "1_000",
        "1,000",
        "0x1F",
        "0o17",
        "1e",
        "e1",
        ".",
        "1e1.5",
        "1.2.3",
        "Infinity",
        "nan",
        "NaN",
        "\u{661}",
        "1/2",
        "true",
        "1e3000000000",
    ] {
        assert!(Number::parse(text).is_none(), "{text}");
    }
}

#[test]
fn arithmetic_rounds_at_512_bits() {
    let third = "0.33333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333\
                 333333333333333333333333333333333333333333333333333333333333335";
    let n = number;
    for (result, shown) in [
        (n("0.1").add(&n("0.2")), "0.3"),
        (n("0.7").add(&n("0.1")), "0.8"),
        (n("1").div(&n("3")), third),
        (n("4.35").mul(&n("100")), "435"),
        (n("5").div(&n("8")), "0.625"),
        (n("6").div(&n("3")), "2"),
        (n("0").div(&n("-5")), "-0"),
        (n("0").mul(&n("-1")), "-0"),
        (n("-0").sub(&n("0")), "-0"),
        (n("0").sub(&n("0")), "0"),
        (n("1").div(&n("0")), "+Inf"),
        (n("-1").div(&n("0")), "-Inf"),
        (n("1e400").mul(&n("1e-400")), "1"),
        (n("1e50").add(&n("1")), "100000000000000000000000000000000000000000000000001"),
        (n("9223372036854775807").add(&n("1")), "9223372036854775808"),
        (n("1e20").rem(&n("7")), "2"),
        (n("-7").rem(&n("3")), "-1"),
        (n("7").rem(&n("-3")), "1"),
        (n("5.5").rem(&n("-2")), "1.5"),
        (n("5").rem(&n("0")), "5"),
        (n("-0").rem(&n("25")), "-0"),
    ] {
        assert_eq!(result.unwrap().to_string(), shown);
    }
}

#[test]
fn precision_follows_the_operands() {
    let (counted, double) = (Number::from(1), Number::from_f64(2f64.sqrt()).unwrap());
    for (result, shown) in [
        (counted.div(&Number::from(3)), "0.33333333333333333334"),
        (double.div(&Number::from(3)), "0.47140452079103171515"),
        (double.mul(&double), "2.00000000000000027343234630647693"),
        (double.add(&number("1")), "2.4142135623730951454746218587388284504413604736328125"),
        (
            Number::from_f64(2f64.powi(64)).unwrap().add(&Number::from_f64(0.0).unwrap()),
            "18446744073709550000",
        ),
    ] {
        assert_eq!(result.unwrap().to_string(), shown);
    }
}

#[test]
fn undefined_operations_say_which() {
    let inf = Number::infinity();
    for (result, error) in [
        (inf.add(&inf.neg()), NumberError::Sum),
        (inf.sub(&inf), NumberError::Difference),
        (number("0").mul(&inf), NumberError::Product),
        (number("0").div(&number("0")), NumberError::Quotient),
        (inf.div(&inf), NumberError::Quotient),
        (number("5").rem(&inf), NumberError::Remainder),
        (inf.rem(&number("2")), NumberError::Remainder),
    ] {
        assert_eq!(result, Err(error));
    }
}

#[test]
fn numbers_are_equal_by_value_or_by_text() {
    let double = |n: f64| Number::from_f64(n).unwrap();
    for (a, b, equal) in [
        (number("0.1"), double(0.1), true),
        (number("-0"), number("0"), true),
        (number("0.3"), number("0.1").add(&number("0.2")).unwrap(), true),
        (number("3.3"), number("1.1").add(&number("2.2")).unwrap(), false),
        (number("18446744073709551616"), double(2f64.powi(64)), true),
        (number("18446744073709550000"), double(2f64.powi(64)), false),
        (number("9007199254740993"), number("9007199254740992"), false),
    ] {
        assert_eq!(a == b, equal, "{a} {b}");
    }
}

#[test]
fn doubles_are_the_nearest() {
    for text in ["0.1", "1e308", "4.9e-324", "2.2250738585072014e-308", "5e-324", "1e-310", "123456789.125"] {
        assert_eq!(number(text).to_f64(), text.parse::<f64>().unwrap(), "{text}");
        assert_eq!(Number::from_f64(number(text).to_f64()).unwrap().to_f64(), text.parse::<f64>().unwrap());
    }
    assert_eq!(number("1e400").to_f64(), f64::INFINITY);
    assert_eq!(number("1e-400").to_f64(), 0.0);
}

#[test]
fn whole_numbers_in_other_bases() {
    for (text, radix, shown) in [
        ("ff", 16, "255"),
        ("-FF", 16, "-255"),
        ("ffffffffffffffffffffffffffffffff", 16, "340282366920938463463374607431768211455"),
        ("aA", 62, "656"),
    ] {
        assert_eq!(Number::parse_integer(text, radix).unwrap().to_string(), shown);
    }
    assert!(Number::parse_integer("12", 2).is_none());
    assert!(Number::parse_integer("", 10).is_none());
}

#[test]
fn whole_numbers_in_range_are_integers() {
    for (text, as_i64, as_u64) in [
        ("-0", Some(0), Some(0)),
        ("-9223372036854775808", Some(i64::MIN), None),
        ("-9223372036854775809", None, None),
        ("18446744073709551615", None, Some(u64::MAX)),
        ("18446744073709551616", None, None),
        ("1.5", None, None),
        ("inf", None, None),
    ] {
        let n = number(text);
        assert_eq!((n.to_i64(), n.to_u64()), (as_i64, as_u64), "{text}");
    }
    assert_eq!(number("9223372036854775808").neg().to_i64(), Some(i64::MIN));
    assert_eq!(Number::from(i64::MIN).neg().to_string(), "9223372036854775808");
}

#[test]
fn whole_parts_and_signs() {
    for (text, floor, ceil, sign) in [
        ("2.5", "2", "3", "1"),
        ("-2.5", "-3", "-2", "-1"),
        ("-0.5", "-1", "0", "-1"),
        ("7", "7", "7", "1"),
        ("0", "0", "0", "0"),
        ("inf", "+Inf", "+Inf", "1"),
        ("9007199254740993.5", "9007199254740993", "9007199254740994", "1"),
    ] {
        let n = number(text);
        assert_eq!([n.floor(), n.ceil(), n.signum()].map(|n| n.to_string()), [floor, ceil, sign], "{text}");
    }
    assert_eq!(number("-0.5").abs().to_string(), "0.5");
}

#[test]
fn formats_round_half_to_even() {
    for (text, notation, digits, shown) in [
        ("2.5", Notation::Fixed, 0, "2"),
        ("0.25", Notation::Fixed, 1, "0.2"),
        ("1.005", Notation::Fixed, 2, "1.00"),
        ("99.96", Notation::Fixed, 1, "100.0"),
        ("0.04", Notation::Fixed, 1, "0.0"),
        ("123456.789", Notation::Scientific, 6, "1.234568e+05"),
        ("0.000123", Notation::Scientific, 6, "1.230000e-04"),
        ("0", Notation::Scientific, 2, "0.00e+00"),
        ("1e20", Notation::General, 10, "1e+20"),
        ("1234.5", Notation::General, 10, "1234.5"),
    ] {
        assert_eq!(number(text).format(notation, Some(digits)), shown, "{text}");
    }
    assert_eq!(number("1e21").format(Notation::General, None), "1e+21");
    assert_eq!(number("9007199254740993").format(Notation::General, None), "9.007199254740993e+15");
}
