# emulator: ministack, which tells tags as they were when things were made
# A cluster with what EKS installs in it and who may use it. The emulator takes no changes of clusters and node groups, so what
# changes here is the rest.

resource "aws_vpc" "net" {
  cidr_block = "10.70.0.0/16"
}

resource "aws_subnet" "s" {
  count             = 2
  vpc_id            = aws_vpc.net.id
  cidr_block        = cidrsubnet(aws_vpc.net.cidr_block, 8, count.index)
  availability_zone = element(["eu-central-1a", "eu-central-1b"], count.index)
}

resource "aws_eks_cluster" "c" {
  name     = "stackwright"
  role_arn = "arn:aws:iam::000000000000:role/cluster"
  vpc_config {
    subnet_ids = aws_subnet.s[*].id
  }
  access_config {
    authentication_mode = "API"
  }
  tags = {
    Name = "cluster"
  }
}

resource "aws_eks_node_group" "n" {
  cluster_name    = aws_eks_cluster.c.name
  node_group_name = "nodes"
  node_role_arn   = "arn:aws:iam::000000000000:role/node"
  subnet_ids      = aws_subnet.s[*].id
  scaling_config {
    min_size     = 0
    desired_size = 1
    max_size     = 2
  }
  labels = {
    pool = "nodes"
  }
}

resource "aws_eks_addon" "a" {
  cluster_name = aws_eks_cluster.c.name
  addon_name   = "vpc-cni"
}

resource "aws_eks_access_entry" "e" {
  cluster_name      = aws_eks_cluster.c.name
  principal_arn     = "arn:aws:iam::000000000000:role/admin"
  kubernetes_groups = ["admins"]
}

resource "aws_eks_access_policy_association" "p" {
  cluster_name  = aws_eks_cluster.c.name
  principal_arn = aws_eks_access_entry.e.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
  access_scope {
    type = "cluster"
  }
}

resource "aws_eks_pod_identity_association" "i" {
  cluster_name    = aws_eks_cluster.c.name
  namespace       = "default"
  service_account = "robot"
  role_arn        = "arn:aws:iam::000000000000:role/robot"
}

data "aws_eks_cluster" "c" {
  name = aws_eks_cluster.c.name
}

### then

resource "aws_vpc" "net" {
  cidr_block = "10.70.0.0/16"
}

resource "aws_subnet" "s" {
  count             = 2
  vpc_id            = aws_vpc.net.id
  cidr_block        = cidrsubnet(aws_vpc.net.cidr_block, 8, count.index)
  availability_zone = element(["eu-central-1a", "eu-central-1b"], count.index)
}

resource "aws_eks_cluster" "c" {
  name     = "stackwright"
  role_arn = "arn:aws:iam::000000000000:role/cluster"
  vpc_config {
    subnet_ids = aws_subnet.s[*].id
  }
  access_config {
    authentication_mode = "API"
  }
  tags = {
    Name = "cluster"
  }
}

resource "aws_eks_node_group" "n" {
  cluster_name    = aws_eks_cluster.c.name
  node_group_name = "nodes"
  node_role_arn   = "arn:aws:iam::000000000000:role/node"
  subnet_ids      = aws_subnet.s[*].id
  scaling_config {
    min_size     = 0
    desired_size = 1
    max_size     = 2
  }
  labels = {
    pool = "nodes"
  }
}

resource "aws_eks_addon" "a" {
  cluster_name = aws_eks_cluster.c.name
  addon_name   = "vpc-cni"
}

resource "aws_eks_access_entry" "e" {
  cluster_name      = aws_eks_cluster.c.name
  principal_arn     = "arn:aws:iam::000000000000:role/admin"
  kubernetes_groups = ["admins", "users"]
}

resource "aws_eks_access_policy_association" "p" {
  cluster_name  = aws_eks_cluster.c.name
  principal_arn = aws_eks_access_entry.e.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
  access_scope {
    type       = "namespace"
    namespaces = ["default"]
  }
}

resource "aws_eks_pod_identity_association" "i" {
  cluster_name    = aws_eks_cluster.c.name
  namespace       = "default"
  service_account = "robot"
  role_arn        = "arn:aws:iam::000000000000:role/another-robot"
}

data "aws_eks_cluster" "c" {
  name = aws_eks_cluster.c.name
}
