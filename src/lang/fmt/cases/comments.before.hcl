a = 1 # one
bbb = 22    # two
# lead
c = 3 // three
d = /* inline */ 4 /* end */
      # deep
   /* a
      block */
b { # open
a = [ # list
1, # one
22 # two
]   # end
}  # close
