a = <<EOT
${f({
k    = "" /* c */
long = 2
})}
%{if x({
k    = ""
long = 1 # c
})}%{endif}
EOT
b {
  t = <<-EOT
  ${ { a = 1 # c
bbb = 2 } }
  EOT
u = [<<EOT
${a # c
+ 1}
EOT
, {
  a = 1
bbb = 2 }]
}
