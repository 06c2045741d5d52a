a = v #c

b = f(x # c
)
c = ("${
""}")
d = (x
+ 1)
e = (
  x
)
f = "%{if x}a%{endif}"
g = <<E
x
E
h = x
