a = [
1,
   2,
      {
  a = 1
    bb = 2
   },
]
b = f({
a = 1
bb = [ {
x = 1
} ]
})
c = (
a
&& b
  || c
)
d = a ? [
1 ] : [
2
]
e = f(
a, b)
g = [[1,2],
[3,4]]
h = { for k in v :
k => {
a = k
bbb = v
} if v }
