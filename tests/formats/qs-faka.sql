/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE `order` (
  `id` varchar(100) NOT NULL DEFAULT '',
  `user_id` varchar(100) NOT NULL DEFAULT '',
  `goods_id` varchar(100) NOT NULL DEFAULT '',
  `trade_no` varchar(100) NOT NULL DEFAULT '',
  `transaction_id` varchar(100) NOT NULL DEFAULT '',
  `paytype` varchar(100) NOT NULL DEFAULT '',
  `channel_id` varchar(100) NOT NULL DEFAULT '',
  `channel_account_id` varchar(100) NOT NULL DEFAULT '',
  `goods_name` varchar(100) NOT NULL DEFAULT '',
  `goods_price` varchar(100) NOT NULL DEFAULT '',
  `quantity` varchar(100) NOT NULL DEFAULT '',
  `total_price` varchar(100) NOT NULL DEFAULT '',
  `take_card_password` varchar(100) NOT NULL DEFAULT '',
  `contact` varchar(100) NOT NULL DEFAULT '',
  `email` varchar(100) NOT NULL DEFAULT '',
  `fee` varchar(100) NOT NULL DEFAULT '',
  `status` varchar(100) NOT NULL DEFAULT '',
  `is_freeze` varchar(100) NOT NULL DEFAULT '',
  `create_at` varchar(100) NOT NULL DEFAULT '',
  `create_ip` varchar(100) NOT NULL DEFAULT '',
  `success_at` varchar(100) NOT NULL DEFAULT '',
  `sendout` varchar(100) NOT NULL DEFAULT '',
  `fee_payer` varchar(100) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  KEY `trade_no` (`trade_no`) USING BTREE
) ENGINE=InnoDB;
LOCK TABLES `order` WRITE;
INSERT INTO `order` VALUES (1,2,3,'T240102030405A','2024010222001411',3,1,1,'点卡',10.000,2,20.120,'tp1','13800000001','',0.120,1,0,1704135845,'203.0.113.1',1704135900,2,2),(2,2,3,'T240102030405B','',3,1,1,'点卡',10.000,1,10.000,'','13800000002','',0.000,1,0,1704139445,'203.0.113.2',1704139500,0,1),(3,2,3,'T240102030405C','2024010222001413',3,1,1,'点卡',10.000,3,30.000,'','13800000003','',0.000,1,0,1704143045,'203.0.113.3',1704143100,2,1),(4,2,3,'T240102030405D','',3,1,1,'点卡',10.000,1,10.000,'','13800000004','',0.000,0,0,1704146645,'203.0.113.4',0,0,1),(5,2,3,'T240102030405E','',3,1,1,'点卡',10.000,1,10.000,'','13800000005','',0.000,2,0,1704146645,'203.0.113.4',0,0,1),(6,2,3,'T240102030405F','2024010222001416',3,1,1,'点卡',10.000,1,10.000,'','13800000006','',0.000,3,0,1704146645,'203.0.113.4',1704146700,1,1);
UNLOCK TABLES;
