a = -1
b = 1 - 1
c = a - -1
d = a * b + c / d % e
e = !a
f = !a
g = a == b && c || !d
h = a < b ? c : d
i = (-1)
j = [-1, -2]
k = f(-1)
l = a != -1
m = a >= b
n = 1 - 1
