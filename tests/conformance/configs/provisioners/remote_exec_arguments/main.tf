resource "terraform_data" "a" {
  provisioner "remote-exec" {
  }
  provisioner "remote-exec" {
    inline = "x"
  }
  provisioner "remote-exec" {
    inline = ["x"]
    script = "y"
  }
  provisioner "remote-exec" {
    scripts = ["x", null]
    zzz = 2
  }
}
