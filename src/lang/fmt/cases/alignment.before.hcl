a = 1
bbb = 2
cc   =   3

dddd = 1
e = 2
# a comment ends a group
ff = 1
ggg = [
1,
2
]
h = 1
iii = 2
é = 1
longer = 2
