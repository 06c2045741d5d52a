resource "terraform_data" "a" {
  provisioner "chef" {}
  provisioner "habitat" {}
  provisioner "puppet" {}
  provisioner "salt-masterless" {}
  provisioner "wat" {}
}
