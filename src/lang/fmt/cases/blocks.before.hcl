resource aws_instance web {
ami = "x"
  nested { a = 1 }
nested {b=2}
  empty {}
  empty {
  }
    lifecycle {
create_before_destroy=true
 }
}
resource "a"   "b"   {
}
x /* gone */ "y" /* gone */ z { }
