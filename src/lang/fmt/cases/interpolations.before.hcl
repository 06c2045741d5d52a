a = "${x}"
b = "${x.y[0]}"
c = "${f("${g}")}"
d = "${a}${b}"
e = "x${a}"
f = ["${x}"]
g = {a="${x}"}
h = "${
  foo
}"
i = "${
  foo ?
    bar : baz
}"
j = "${(
  foo
)}"
k = "${~ x ~}"
l = ("${x}")
m = "${ {a=1} }"
n = "%{ if a }${b}%{ else }%{ endif }"
o = "${[for x in y : "a${x}"]}"
