a = f(1, 2, 3)
b = f(x)
c = f(a...)
d = provider::a::b(1)
e = a[0].b
f = a[*].b
g = a.*.b
h = a.0.b
i = [1, 2, [3]]
j = { a = 1, b : 2 }
k = {}
l = []
m = {}
n = [for x in [1, 2] : x]
o = { for k, v in m : k => v... if v != null }
p = (a)[0]
q = [1][0]
r = "a" [0]
