a   = <<EOT
  kept   as = it
 is ${x}
EOT
bbb = <<-EOT
      too
    EOT
c = f(<<A
x
A
  , <<B
y
B
)
d = {
  a = <<EOT
x
EOT
  b = 1
}
