resource "terraform_data" "a" {
  provisioner "remote-exec" {
    inline = ["echo hi"]
  }
}
